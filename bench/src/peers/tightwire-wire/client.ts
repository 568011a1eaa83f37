import { createChannel } from "@tightwire/client";
import { wire } from "@tightwire/wire/client";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { tightwireCalls } from "../../tightwire-calls.js";

/** Tightwire's client over the wire, all options as they come. */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("tightwire-wire is measured against a server of its own");
  return tightwireCalls(createChannel(address, { transport: wire() }), nextHeaders);
}
