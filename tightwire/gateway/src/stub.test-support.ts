import { type IncomingHttpHeaders, request } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { createChannel } from "@tightwire/client";
import { pathOfMethod } from "@tightwire/contract";
import type { Codec, MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { createServer, inProcess } from "@tightwire/server";
import { createGateway, type Gateway } from "./gateway.js";
import type { GatewayOptions } from "./gateway-options.js";
import { type ContractImage, readImage } from "./image.js";

/** A call that reached the stub services behind a gateway. */
export interface StubCall {
  /** `/try.v1.Things/Get` */
  readonly path: string;
  readonly request: Uint8Array;
}

/** A gateway with stub services behind it that record their calls. */
export interface StubbedGateway {
  readonly gateway: Gateway;
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly contract: ContractImage;
  /** All calls so far, in order. */
  readonly calls: StubCall[];
  /** Sends a request with exactly this path. */
  ask(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers?: Record<string, string>,
  ): Promise<StubResponse>;
  close(): Promise<void>;
}

/** The response of the gateway. */
export interface StubResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Serves services of an image: those in `services`, or all. `respond` makes the response bytes of a
 * unary call; by default an empty message.
 */
export async function serveStub(
  image: Uint8Array,
  { services, respond = () => new Uint8Array(), options = {} }: StubParts = {},
): Promise<StubbedGateway> {
  const contract = readImage(image);
  const calls: StubCall[] = [];
  const server = createServer();
  const named = services ?? contract.services.map(({ typeName }) => typeName);
  for (const name of named) {
    const service = contract.registry.getService(name) as DescService;
    const handlers = service.methods.map((method) => [
      method.localName,
      async (bytes: Uint8Array) => {
        calls.push({ path: pathOfMethod(method), request: bytes });
        return respond(bytes);
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

/** Options of a stub; all optional. */
export interface StubParts {
  readonly services?: readonly string[];
  readonly respond?: (request: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly options?: GatewayOptions;
}

const BYTES: Codec<Uint8Array> = {
  encode: (bytes) => bytes,
  decode: (bytes) => bytes.slice(),
  create: (bytes) => bytes as Uint8Array,
};

/** A service definition whose messages are bytes. */
function defineStub(service: DescService): ServiceDefinition {
  const methods = service.methods.map((method): [string, MethodDefinition] => [
    method.localName,
    {
      name: method.name,
      path: pathOfMethod(method),
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

function ask(address: string, { method, path, body, headers }: Asked): Promise<StubResponse> {
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
