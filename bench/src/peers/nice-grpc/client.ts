import { createChannel, createClientFactory, Metadata } from "nice-grpc";
import { deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { BenchServiceDefinition } from "../../gen/nice-grpc/bench/v1/bench.js";
import type { NextHeaders } from "../../headers.js";
import { iterableCalls } from "../../iterable-calls.js";
import type { PeerClient } from "../../peer.js";

/**
 * nice-grpc with its own middleware for deadlines, which keeps them in the client: the server is
 * not told of them.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("nice-grpc is measured against a server of its own");
  const client = createClientFactory()
    .use(deadlineMiddleware)
    .create(BenchServiceDefinition, createChannel(address));
  return iterableCalls(client, nextHeaders, (deadline, headers) =>
    headers === undefined ? { deadline } : { deadline, metadata: Metadata(headers) },
  );
}
