import type { Metadata } from "@tightwire/core";
import { type Backend, callsTo, copyBytes, type OneToMany, type OneToOne } from "../backend.js";
import { envelope, readOneEnvelope } from "../http/envelope.js";
import { asRpcError } from "../http/error-response.js";
import { callOptions, type Endpoint, type Exchange } from "../http/exchange.js";
import { HttpError } from "../http/http-error.js";
import { type StreamedResponse, sendStream } from "../http/streamed-response.js";
import { failureTrailers, trailersFrame } from "./trailers.js";

const TYPE = /^application\/grpc-web(-text)?(\+proto)?\s*(;|$)/i;

/** Whether a content type is one of gRPC-Web. */
export function isGrpcWeb(contentType: string): boolean {
  return contentType.startsWith("application/grpc-web");
}

/**
 * Makes the endpoint of a method for gRPC-Web, binary and text: unary and server-streaming calls.
 * Source: grpc/doc/PROTOCOL-WEB.md.
 */
export function createGrpcWebEndpoint(backend: Backend): Endpoint {
  const { method } = backend;
  const start = startCalls(backend);
  return {
    async handle(exchange) {
      const { request, response } = exchange;
      const contentType = request.headers["content-type"] ?? "";
      const [, text] = TYPE.exec(contentType) ?? refuseType(contentType);
      const encode =
        text === undefined ? (bytes: Buffer) => bytes : (bytes: Buffer) => bytes.toString("base64");
      let trailers: Metadata | undefined;
      const { exposeMetadata, clock } = exchange.settings;
      const end = (status: Record<string, string>): Buffer | string =>
        encode(trailersFrame(status, trailers, exposeMetadata));
      const streamed: StreamedResponse<Uint8Array> = {
        status: 200,
        headers: { "content-type": contentType, "cache-control": "no-store" },
        part: (message) => encode(envelope(0, message)),
        end: () => end({ "grpc-status": "0" }),
        failed: (error) => end(failureTrailers(asRpcError(error))),
        failsWhole: false,
      };
      await sendStream(response, messages(exchange, text !== undefined), streamed, clock);

      /** Fails at its first step when the request cannot be read: trailers report that too. */
      async function* messages(from: Exchange, isText: boolean): AsyncGenerator<Uint8Array> {
        if (start === undefined)
          throw new HttpError(
            "unimplemented",
            `${method.name} has a stream of requests, which gRPC-Web does not support`,
          );
        const { body } = from;
        const message = readOneEnvelope(
          isText && body !== undefined ? Buffer.from(body.toString("latin1"), "base64") : body,
        );
        const onTrailers = (all: Metadata): void => {
          trailers = all;
        };
        yield* start(message, { ...callOptions(from), onTrailers });
      }
    },
  };
}

type Start = OneToMany<Uint8Array>;

/** Makes unary calls return a stream of one response. Undefined when requests are a stream. */
function startCalls(backend: Backend): Start | undefined {
  const kind = backend.method.methodKind;
  if (kind === "server_streaming") return callsTo<Uint8Array, Start>(backend, copyBytes);
  if (kind !== "unary") return undefined;
  const call = callsTo<Uint8Array, OneToOne<Uint8Array>>(backend, copyBytes);
  return async function* (request, options) {
    yield await call(request, options);
  };
}

function refuseType(contentType: string): never {
  throw new HttpError(
    "invalid_argument",
    `content-type ${JSON.stringify(contentType.slice(0, 100))} is not supported; gRPC-Web carries protobuf`,
    {
      httpStatus: 415,
    },
  );
}
