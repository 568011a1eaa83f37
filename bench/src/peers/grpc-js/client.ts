import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { BenchServiceClient } from "../../gen/grpc-js/bench/v1/bench.js";
import { type PeerClient, STREAM_TIMEOUT_MS, UNARY_TIMEOUT_MS } from "../../peer.js";

/** Bare grpc-js with ts-proto's own stubs, all options as they come, and the least around them that makes promises of callbacks. */
export async function connectClient(address: string | undefined): Promise<PeerClient> {
  if (address === undefined) throw new TypeError("grpc-js is measured against a server of its own");
  const stub = new BenchServiceClient(address, credentials.createInsecure());
  const metadata = new Metadata();
  return {
    get: (id) => new Promise((resolve, reject) => stub.get({ id }, metadata, within(UNARY_TIMEOUT_MS), settle(resolve, reject))),
    list: (pageSize) =>
      new Promise((resolve, reject) => stub.list({ pageSize }, metadata, within(UNARY_TIMEOUT_MS), settle(resolve, reject))),
    watch: (count) => watch(stub, count),
    chat: (count, answered) => chat(stub, count, answered),
  };
}

function within(timeoutMs: number): { deadline: number } {
  return { deadline: Date.now() + timeoutMs };
}

function settle<T>(resolve: (response: T) => void, reject: (error: Error) => void): (error: ServiceError | null, response: T) => void {
  return (error, response) => (error === null ? resolve(response) : reject(error));
}

function watch(stub: BenchServiceClient, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    const call = stub.watch({ count }, within(STREAM_TIMEOUT_MS));
    call.on("data", () => seen++);
    call.on("error", reject);
    call.on("end", () => resolve(seen));
  });
}

function chat(stub: BenchServiceClient, count: number, answered: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    const call = stub.chat(within(STREAM_TIMEOUT_MS));
    call.on("data", () => {
      answered();
      if (++seen < count) call.write({ sequence: seen, text: "ping" });
      else call.end();
    });
    call.on("error", reject);
    call.on("end", () => resolve(seen));
    call.write({ sequence: 0, text: "ping" });
  });
}
