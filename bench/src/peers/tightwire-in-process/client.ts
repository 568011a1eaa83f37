import { createChannel } from "@tightwire/client";
import { createServer, inProcess } from "@tightwire/server";
import { BenchService } from "../../gen/tightwire/bench/v1/bench.service.js";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { tightwireCalls } from "../../tightwire-calls.js";
import { tightwireHandlers } from "../../tightwire-handlers.js";

/**
 * Tightwire's client and server in one process, without a socket: messages are still encoded and
 * decoded.
 */
export async function connectClient(
  _address: undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  const server = createServer().add(BenchService, tightwireHandlers);
  return tightwireCalls(
    createChannel("in-process:", { transport: inProcess(server) }),
    nextHeaders,
  );
}
