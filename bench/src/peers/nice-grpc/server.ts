import { createServer } from "nice-grpc";
import { BenchServiceDefinition, type BenchServiceImplementation } from "../../gen/nice-grpc/bench/v1/bench.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "../../sample.js";

const handlers: BenchServiceImplementation = {
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
};

/** nice-grpc with ts-proto's generic definitions, all options as they come. */
export async function startServer(): Promise<string> {
  const server = createServer();
  server.add(BenchServiceDefinition, handlers);
  return `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
}
