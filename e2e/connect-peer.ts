import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type HandlerContext,
} from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import { TestService } from "@tightwire/transport-contract";
import type { Exercise } from "./peer-service.js";
import { listenAt } from "./pitfalls-stage.js";

/** A message of the test service, as connect makes it out of descriptors. */
interface Message {
  readonly number: bigint;
  readonly text: string;
  readonly payload: Uint8Array;
}

type Part = Partial<Message>;

/** Connect's client of the test service: what its types would say, were it generated. */
interface ConnectClient {
  unary(request: Part, options?: { timeoutMs?: number }): Promise<Message>;
  serverStream(request: Part): AsyncIterable<Message>;
  clientStream(requests: AsyncIterable<Part>): Promise<Message>;
  bidiStream(requests: AsyncIterable<Part>): AsyncIterable<Message>;
}

function service(): DescService {
  const image = fromBinary(FileDescriptorSetSchema, readFileSync(TestService.image as URL));
  return createFileRegistry(image).getService(TestService.name) as DescService;
}

async function* three(): AsyncGenerator<Part> {
  for (const number of [0n, 1n, 2n]) yield { number };
}

/** Makes all the calls with connect-node, over gRPC. */
export async function exerciseConnect(address: string): Promise<Exercise> {
  const client = createClient(
    service(),
    createGrpcTransport({ baseUrl: `http://${address}` }),
  ) as Client<DescService> as unknown as ConnectClient;
  const numbersOf = async (stream: AsyncIterable<Message>): Promise<number[]> => {
    const numbers: number[] = [];
    for await (const { number } of stream) numbers.push(Number(number));
    return numbers;
  };
  const errorOf = (call: Promise<unknown>): Promise<ConnectError> =>
    call.then(() => new ConnectError("none"), ConnectError.from);
  const error = await errorOf(client.unary({ text: "fail" }));
  const payload = new Uint8Array(1_000_000).fill(7);
  return {
    unary: Number((await client.unary({ number: 41n })).number),
    serverStream: await numbersOf(client.serverStream({ number: 3n })),
    clientStream: Number((await client.clientStream(three())).number),
    bidiStream: await numbersOf(client.bidiStream(three())),
    echoed: (await client.unary({ payload })).payload.filter((byte) => byte === 7).length,
    error: {
      code: Code[error.code].replace(/(?<=.)[A-Z]/g, "_$&").toLowerCase(),
      message: error.rawMessage,
      details: padded(error.metadata.get("grpc-status-details-bin")),
      trace: padded(error.metadata.get("x-trace-bin")),
    },
    late: Code[(await errorOf(client.unary({ text: "wait" }, { timeoutMs: 100 }))).code]
      .replace(/(?<=.)[A-Z]/g, "_$&")
      .toLowerCase(),
  };
}

/** Metadata's base64 has no padding. */
function padded(base64: string | null): string {
  return Buffer.from(base64 ?? "", "base64").toString("base64");
}

/** Serves the test service with connect-node; closed when the test has finished. */
export function serveConnect(packedStatus: Uint8Array): Promise<string> {
  const handlers = {
    async unary({ number, text, payload }: Message, { signal }: HandlerContext): Promise<Part> {
      if (text === "fail") {
        const bin = {
          "grpc-status-details-bin": base64(packedStatus),
          "x-trace-bin": base64(Uint8Array.from([0, 127, 128, 255])),
        };
        throw new ConnectError("größer als 100 %", Code.FailedPrecondition, bin);
      }
      if (text === "wait") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        throw new ConnectError("too late", Code.DeadlineExceeded);
      }
      return { number: number + 1n, payload };
    },
    async *serverStream({ number }: Message): AsyncGenerator<Part> {
      for (let index = 0n; index < number; index++) yield { number: index };
    },
    async clientStream(requests: AsyncIterable<Message>): Promise<Part> {
      let number = 0n;
      for await (const _ of requests) number++;
      return { number };
    },
    async *bidiStream(requests: AsyncIterable<Message>): AsyncGenerator<Part> {
      for await (const { number } of requests) yield { number: -number };
    },
  };
  const routes = connectNodeAdapter({
    grpc: true,
    routes: (router) =>
      void router.service(service(), handlers as unknown as Record<string, never>),
  });
  return listenAt(http2.createServer(routes));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
