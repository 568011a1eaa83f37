import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  BenchService,
  type GetResponseSchema,
  type ListResponseSchema,
} from "../../gen/connect/bench/v1/bench_pb.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "../../sample.js";

const handlers: ServiceImpl<typeof BenchService> = {
  async get({ id }) {
    return sampleGetResponse(id) as MessageInitShape<typeof GetResponseSchema>;
  },
  async list({ pageSize }) {
    return sampleListResponse(pageSize) as MessageInitShape<typeof ListResponseSchema>;
  },
  async *watch({ count }) {
    for (let sequence = 0; sequence < count; sequence++) yield sampleWatchResponse(sequence);
  },
  async *chat(requests) {
    for await (const { sequence, text } of requests) yield { sequence, text };
  },
};

/** connect-node on node:http2 with protobuf-es, all options as they come. */
export function startServer(): Promise<string> {
  const server = createServer(
    connectNodeAdapter({ routes: (router) => router.service(BenchService, handlers) }),
  );
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
