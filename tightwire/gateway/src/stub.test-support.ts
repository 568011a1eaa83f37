import { type IncomingHttpHeaders, request } from "node:http";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { createChannel } from "@tightwire/client";
import type { Codec, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { createServer, inProcess } from "@tightwire/server";
import { type Contract, readContract } from "./contract.js";
import { createGateway, type Gateway, type GatewayOptions } from "./gateway.js";

/** A call that reached the services behind a gateway. */
export interface StubCall {
  /** As it stands in paths: `/try.v1.Things/Get`. */
  readonly path: string;
  readonly request: Uint8Array;
}

/** A gateway, with services behind it that note what they are asked. */
export interface StubbedGateway {
  readonly gateway: Gateway;
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly contract: Contract;
  /** All calls so far, in their order. */
  readonly calls: StubCall[];
  /** Sends a request as it is given: its path is not changed on the way. */
  ask(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers?: Record<string, string>,
  ): Promise<StubAnswer>;
  close(): Promise<void>;
}

/** What came back. */
export interface StubAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Serves services of an image, all of them when none are named. Unary calls are answered with what
 * `answer` makes of their bytes: by default nothing, which is an empty message.
 */
export async function serveStub(
  image: Uint8Array,
  { services, answer = () => new Uint8Array(), options = {} }: StubParts = {},
): Promise<StubbedGateway> {
  const contract = readContract(image);
  const calls: StubCall[] = [];
  const server = createServer();
  const named = services ?? contract.services.map(({ typeName }) => typeName);
  for (const name of named) {
    const service = contract.registry.getService(name) as DescService;
    const handlers = service.methods.map((method) => [
      method.localName,
      async (bytes: Uint8Array) => {
        calls.push({ path: pathOf(method), request: bytes });
        return answer(bytes);
      },
    ]);
    server.add(defineStub(service), Object.fromEntries(handlers));
  }
  const channel = createChannel("in-process:", { transport: inProcess(server) });
  const gateway = createGateway({ page: false, ...options }).addImage(image, channel, named);
  const { address } = await gateway.listen("127.0.0.1:0");
  return {
    gateway,
    address,
    contract,
    calls,
    ask: (method, path, body, headers = {}) => ask(address, { method, path, body, headers }),
    async close() {
      await gateway.close(0);
      await channel.close();
      await server.stop({ graceMs: 0 });
    },
  };
}

/** How a stub is made; all optional. */
export interface StubParts {
  readonly services?: readonly string[];
  readonly answer?: (request: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly options?: GatewayOptions;
}

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

const BYTES: Codec<Uint8Array> = {
  encode: (bytes) => bytes,
  decode: (bytes) => bytes.slice(),
  create: (bytes) => bytes as Uint8Array,
};

/** A service whose messages are bytes. */
function defineStub(service: DescService): ServiceDefinition {
  const methods = service.methods.map((method): [string, MethodDefinition] => [
    method.localName,
    {
      name: method.name,
      path: pathOf(method),
      kind: method.methodKind,
      idempotency: "unknown",
      policy: {},
      http: [],
      redacted: { request: [], response: [] },
      request: BYTES as Codec<unknown>,
      response: BYTES as Codec<unknown>,
    },
  ]);
  return { name: service.typeName, methods: Object.fromEntries(methods) };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string | Uint8Array | undefined;
  readonly headers: Record<string, string>;
}

function ask(address: string, { method, path, body, headers }: Asked): Promise<StubAnswer> {
  const [host, port] = address.split(":");
  const type =
    body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host, port, method, path, headers: { ...type, ...headers } },
      async (response) => {
        let text = "";
        for await (const part of response.setEncoding("utf8")) text += part;
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? "",
          headers: response.headers,
          text,
        });
      },
    );
    sent.on("error", reject).end(body);
  });
}
