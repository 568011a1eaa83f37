import { createChannel } from "@tightwire/client";
import { grpcJs } from "@tightwire/client/grpc-js";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { tightwireCalls } from "../../tightwire-calls.js";

/** Tightwire's client over grpc-js, all options as they come. */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("tightwire-grpc-js is measured against a server of its own");
  return tightwireCalls(createChannel(address, { transport: grpcJs() }), nextHeaders);
}
