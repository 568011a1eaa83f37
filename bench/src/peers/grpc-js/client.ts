import { credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { BenchServiceClient } from "../../gen/grpc-js/bench/v1/bench.js";
import { metadataOf, within } from "../../grpc-js-call.js";
import type { NextHeaders } from "../../headers.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "../../peer.js";

/**
 * Bare grpc-js with ts-proto's own stubs, all options as they come, and the least around them that
 * makes promises of callbacks.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined) throw new TypeError("grpc-js is measured against a server of its own");
  const stub = new BenchServiceClient(address, credentials.createInsecure());
  const metadata = metadataOf(nextHeaders);
  return {
    get: (id) =>
      new Promise((resolve, reject) =>
        stub.get({ id }, metadata(), within(UNARY_TIMEOUT_MS), settle(resolve, reject)),
      ),
    list: (pageSize) =>
      new Promise((resolve, reject) =>
        stub.list({ pageSize }, metadata(), within(UNARY_TIMEOUT_MS), settle(resolve, reject)),
      ),
    watch: (count) => watch(stub, count, metadata()),
    chat: (count, responded) => chat(stub, count, responded, metadata()),
  };
}

function settle<T>(
  resolve: (response: T) => void,
  reject: (error: Error) => void,
): (error: ServiceError | null, response: T) => void {
  return (error, response) => (error === null ? resolve(response) : reject(error));
}

function watch(stub: BenchServiceClient, count: number, metadata: Metadata): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    const call = stub.watch({ count }, metadata, within(STREAM_TIMEOUT_MS));
    call.on("data", () => seen++);
    call.on("error", reject);
    call.on("end", () => resolve(seen));
  });
}

function chat(
  stub: BenchServiceClient,
  count: number,
  responded: () => void,
  metadata: Metadata,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    const call = stub.chat(metadata, within(STREAM_TIMEOUT_MS));
    call.on("data", () => {
      responded();
      if (++seen < count) call.write({ sequence: seen, text: "ping" });
      else call.end();
    });
    call.on("error", reject);
    call.on("end", () => resolve(seen));
    call.write({ sequence: 0, text: "ping" });
  });
}
