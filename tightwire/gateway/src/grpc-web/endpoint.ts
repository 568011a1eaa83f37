import type { Metadata } from "@tightwire/core";
import { type Backend, callsTo, copyBytes, type OneToMany, type OneToOne } from "../backend.js";
import { envelope, readOneEnvelope } from "../http/envelope.js";
import { asRpcError } from "../http/error-answer.js";
import { callOptions, type Endpoint, type Exchange } from "../http/exchange.js";
import { HttpError } from "../http/http-error.js";
import { answerInParts } from "../http/stream-answer.js";
import { failureTrailers, trailersFrame } from "./trailers.js";

const TYPE = /^application\/grpc-web(-text)?(\+proto)?\s*(;|$)/i;

/** Whether a content type is gRPC-Web's. */
export function isGrpcWeb(contentType: string): boolean {
  return contentType.startsWith("application/grpc-web");
}

/**
 * Answers gRPC-Web, binary and text: unary and server streaming calls. Source:
 * grpc/doc/PROTOCOL-WEB.md.
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
      await answerInParts(response, answers(exchange, text !== undefined), {
        status: 200,
        headers: { "content-type": contentType, "cache-control": "no-store" },
        part: (message) => encode(envelope(0, message)),
        end: () =>
          encode(trailersFrame({ "grpc-status": "0" }, trailers, exchange.settings.exposeMetadata)),
        failed: (error) =>
          encode(
            trailersFrame(
              failureTrailers(asRpcError(error)),
              trailers,
              exchange.settings.exposeMetadata,
            ),
          ),
        failsWhole: false,
      });

      /** Fails as its first step when the request cannot be read: that is told in trailers, too. */
      async function* answers(from: Exchange, isText: boolean): AsyncGenerator<Uint8Array> {
        if (start === undefined)
          throw new HttpError(
            "unimplemented",
            `gRPC-Web has no streams of requests, which ${method.name} takes`,
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

/** Unary calls as streams of one answer; undefined where requests are a stream. */
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
    `${JSON.stringify(contentType.slice(0, 100))} is not taken here: gRPC-Web carries protobuf`,
    {
      httpStatus: 415,
    },
  );
}
