import { type Channel, createClient } from "@tightwire/client";
import { BenchService } from "./gen/tightwire/bench/v1/bench.service.js";
import type { NextHeaders } from "./headers.js";
import { iterableCalls } from "./iterable-calls.js";
import type { PeerClient } from "./peer.js";

/**
 * The bench service as Tightwire's typed client calls it, over whatever transport the channel has.
 */
export function tightwireCalls(channel: Channel, nextHeaders: NextHeaders): PeerClient {
  return iterableCalls(createClient(BenchService, channel), nextHeaders, (timeoutMs, metadata) =>
    metadata === undefined ? { timeoutMs } : { timeoutMs, metadata },
  );
}
