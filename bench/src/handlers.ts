import type {
  ChatRequest,
  ChatResponse,
  GetResponse,
  ListResponse,
  WatchResponse,
} from "./gen/tightwire/bench/v1/bench.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "./sample.js";

/**
 * The bench service as handlers that respond with promises and async generators: for every peer
 * whose users write them so.
 */
export const handlers = {
  async get({ id }: { readonly id: string }): Promise<GetResponse> {
    return sampleGetResponse(id);
  },
  async list({ pageSize }: { readonly pageSize: number }): Promise<ListResponse> {
    return sampleListResponse(pageSize);
  },
  async *watch({ count }: { readonly count: number }): AsyncGenerator<WatchResponse, void> {
    for (let sequence = 0; sequence < count; sequence++) yield sampleWatchResponse(sequence);
  },
  async *chat(requests: AsyncIterable<ChatRequest>): AsyncGenerator<ChatResponse, void> {
    for await (const { sequence, text } of requests) yield { sequence, text };
  },
};
