import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { BenchService } from "../../gen/connect/bench/v1/bench_pb.js";
import type { NextHeaders } from "../../headers.js";
import { iterableCalls } from "../../iterable-calls.js";
import type { PeerClient } from "../../peer.js";

/**
 * connect-node's gRPC over node:http2. It compresses large responses when left alone: here nobody
 * does, so it accepts none.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("connect-node is measured against a server of its own");
  const client = createClient(
    BenchService,
    createGrpcTransport({ baseUrl: `http://${address}`, acceptCompression: [] }),
  );
  return iterableCalls(client, nextHeaders, (timeoutMs, headers) =>
    headers === undefined ? { timeoutMs } : { timeoutMs, headers },
  );
}
