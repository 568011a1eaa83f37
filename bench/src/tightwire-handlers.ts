import { implement } from "@tightwire/server";
import { type BenchHandlers, BenchService } from "./gen/tightwire/bench/v1/bench.service.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "./sample.js";

/** The bench service as Tightwire's servers take it, over whatever transport. */
export const tightwireHandlers: BenchHandlers = implement(BenchService, {
  async get({ id }) {
    return sampleGetResponse(id);
  },
  async list({ pageSize }) {
    return sampleListResponse(pageSize);
  },
  async *watch({ count }) {
    for (let sequence = 0; sequence < count; sequence++) yield sampleWatchResponse(sequence);
  },
  async *chat(requests) {
    for await (const { sequence, text } of requests) yield { sequence, text };
  },
});
