import type { RpcError } from "@tightwire/core";
import { type Backend, callsTo, copyBytes, type OneToMany, type OneToOne } from "../backend.js";
import { envelope, readOneEnvelope } from "../http/envelope.js";
import { asRpcError } from "../http/error-response.js";
import {
  callOptions,
  type Endpoint,
  type Exchange,
  exposedHeaders,
  sendBody,
} from "../http/exchange.js";
import { HttpError } from "../http/http-error.js";
import { parseQuery } from "../http/query.js";
import { httpStatusOf } from "../http/status.js";
import { type StreamedResponse, sendStream } from "../http/streamed-response.js";
import {
  type JsonSettings,
  type MessageReader,
  type MessageWriter,
  messageReader,
  messageWriter,
} from "../json/message-json.js";
import { connectError } from "./error.js";

/** How messages are encoded in bodies. */
type Encoding = "json" | "proto";

const UNARY = /^application\/(json|proto)\s*(?:;|$)/i;
const STREAM = /^application\/connect\+(json|proto)\s*(?:;|$)/i;
const END_OF_STREAM = 2;
const NO_METADATA = {};

/**
 * Makes the endpoint of a method for the Connect protocol: unary and server-streaming calls, JSON
 * and binary, and with GET unary calls without side effects. Source: connectrpc.com, "Protocol
 * reference".
 */
export function createConnectEndpoint(backend: Backend, settings: JsonSettings): Endpoint {
  const { method } = backend;
  // Connect's clients expect this: a newer one may send an unknown field, and defaults are left
  // out.
  const own: JsonSettings = { ...settings, emitDefaults: false, ignoreUnknownFields: true };
  const forms = {
    request: messageReader(method.input, own),
    response: messageWriter(method.output, own),
  };
  const failed = (
    error: RpcError,
  ): { status: number; headers: Record<string, string>; body: string } => ({
    status: httpStatusOf(error.code),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(connectError(error, settings.registry)),
  });
  if (method.methodKind === "unary") return { handle: unary(backend, forms), failed };
  if (method.methodKind === "server_streaming")
    return { handle: serverStreaming(backend, forms, settings), failed };
  const text = `${method.name} has a stream of requests, which is not supported over the Connect protocol`;
  return { handle: () => Promise.reject(new HttpError("unimplemented", text)), failed };
}

interface Forms {
  readonly request: MessageReader;
  readonly response: MessageWriter;
}

function unary(backend: Backend, forms: Forms): Endpoint["handle"] {
  const calls = {
    json: callsTo<Uint8Array, OneToOne<Uint8Array>>(backend, forms.response.write),
    proto: callsTo<Uint8Array, OneToOne<Uint8Array>>(backend, copyBytes),
  };
  return async (exchange) => {
    const { request, response, settings } = exchange;
    const { encoding, message } =
      request.method === "GET" ? fromQuery(exchange) : fromBody(exchange);
    const options = callOptions(exchange);
    const content = await calls[encoding](toBytes(encoding, message, forms.request), {
      ...options,
      onTrailers: (trailers) => {
        for (const [key, value] of Object.entries(
          exposedHeaders(trailers, settings.exposeMetadata),
        ))
          response.setHeader(`trailer-${key}`, value);
      },
    });
    sendBody(response, `application/${encoding}`, content);
  };
}

function serverStreaming(
  backend: Backend,
  forms: Forms,
  settings: JsonSettings,
): Endpoint["handle"] {
  const calls = {
    json: callsTo<Uint8Array, OneToMany<Uint8Array>>(backend, forms.response.write),
    proto: callsTo<Uint8Array, OneToMany<Uint8Array>>(backend, copyBytes),
  };
  return async (exchange) => {
    const { request, response, body } = exchange;
    const encoding = encodingOf(request.headers["content-type"], STREAM);
    let metadata: Record<string, string[]> = NO_METADATA;
    const end = (more: object): Buffer =>
      envelope(END_OF_STREAM, Buffer.from(JSON.stringify({ ...more, metadata })));
    const streamed: StreamedResponse<Uint8Array> = {
      status: 200,
      headers: { "content-type": `application/connect+${encoding}` },
      part: (message) => envelope(0, message),
      end: () => end({}),
      failed: (error) => end({ error: connectError(asRpcError(error), settings.registry) }),
      failsWhole: false,
    };
    await sendStream(response, messages(), streamed, exchange.settings.clock);

    async function* messages(): AsyncGenerator<Uint8Array> {
      const message = readOneEnvelope(body);
      yield* calls[encoding](toBytes(encoding, message, forms.request), {
        ...callOptions(exchange),
        onTrailers: (trailers) => {
          const exposed = exposedHeaders(trailers, exchange.settings.exposeMetadata);
          metadata = Object.fromEntries(
            Object.entries(exposed).map(([key, value]) => [key, [value]]),
          );
        },
      });
    }
  };
}

interface EncodedMessage {
  readonly encoding: Encoding;
  readonly message: Buffer;
}

function fromBody({ request, body }: Exchange): EncodedMessage {
  return {
    encoding: encodingOf(request.headers["content-type"], UNARY),
    message: body ?? Buffer.alloc(0),
  };
}

/** Reads the message of a GET from the query. */
function fromQuery({ query }: Exchange): EncodedMessage {
  const parameters = new Map(parseQuery(query));
  const encoding = parameters.get("encoding");
  const message = parameters.get("message");
  const compression = parameters.get("compression") ?? "identity";
  if (encoding !== "json" && encoding !== "proto")
    throw new HttpError("invalid_argument", "the query must have encoding=json or encoding=proto");
  if (message === undefined) throw new HttpError("invalid_argument", "the query has no message");
  if (compression !== "identity" && compression !== "") throw unknownCompression(compression);
  if (parameters.get("base64") === "1")
    return { encoding, message: Buffer.from(message, "base64url") };
  return { encoding, message: encoding === "json" ? Buffer.from(message) : rawBytes(query) };
}

/** Reads percent-encoded bytes from the query, which need not be UTF-8. */
function rawBytes(query: string): Buffer {
  const raw = /(?:^|&)message=([^&]*)/.exec(query)?.[1] ?? "";
  return Buffer.from(
    raw
      .replaceAll("+", " ")
      .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    "latin1",
  );
}

function unknownCompression(name: string): HttpError {
  return new HttpError(
    "unimplemented",
    `compression ${JSON.stringify(name.slice(0, 40))} is not supported; use "identity"`,
  );
}

function encodingOf(contentType = "", pattern: RegExp): Encoding {
  const encoding = pattern.exec(contentType)?.[1]?.toLowerCase();
  if (encoding === "json" || encoding === "proto") return encoding;
  throw new HttpError(
    "invalid_argument",
    `content-type ${JSON.stringify(contentType.slice(0, 100))} is not supported here`,
    { httpStatus: 415 },
  );
}

function toBytes(encoding: Encoding, message: Buffer, form: MessageReader): Uint8Array {
  return encoding === "proto"
    ? message
    : form.encode(form.parse(message.byteLength === 0 ? "{}" : message.toString()));
}
