import type { RpcError } from "@tightwire/core";
import { type Backend, callsTo, copyBytes, type OneToMany, type OneToOne } from "../backend.js";
import { envelope, readOneEnvelope } from "../http/envelope.js";
import { asRpcError } from "../http/error-answer.js";
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
import { answerInParts } from "../http/stream-answer.js";
import {
  type JsonSettings,
  type MessageReader,
  type MessageWriter,
  messageReader,
  messageWriter,
} from "../json/message-json.js";
import { connectError } from "./error.js";

/** How messages stand in bodies. */
type Encoding = "json" | "proto";

const UNARY = /^application\/(json|proto)\s*(?:;|$)/i;
const STREAM = /^application\/connect\+(json|proto)\s*(?:;|$)/i;
const END_OF_STREAM = 2;
const NO_METADATA = {};

/**
 * Answers the Connect protocol: unary and server streaming calls, JSON and binary; unary calls
 * without side effects by GET, too. Source: connectrpc.com, "Protocol reference".
 */
export function createConnectEndpoint(backend: Backend, settings: JsonSettings): Endpoint {
  const { method } = backend;
  // Connect's own clients expect both: a newer one may send a field that is not known here, and
  // defaults are left out.
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
  const text = `the Connect protocol takes no streams of requests here, which ${method.name} takes`;
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
    await answerInParts(response, answers(), {
      status: 200,
      headers: { "content-type": `application/connect+${encoding}` },
      part: (message) => envelope(0, message),
      end: () => end({}),
      failed: (error) => end({ error: connectError(asRpcError(error), settings.registry) }),
      failsWhole: false,
    });

    async function* answers(): AsyncGenerator<Uint8Array> {
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

/** A call by GET: its message stands in the query. */
function fromQuery({ query }: Exchange): EncodedMessage {
  const parameters = new Map(parseQuery(query));
  const encoding = parameters.get("encoding");
  const message = parameters.get("message");
  const compression = parameters.get("compression") ?? "identity";
  if (encoding !== "json" && encoding !== "proto")
    throw new HttpError("invalid_argument", "the query must say encoding=json or encoding=proto");
  if (message === undefined) throw new HttpError("invalid_argument", "the query holds no message");
  if (compression !== "identity" && compression !== "") throw unknownCompression(compression);
  if (parameters.get("base64") === "1")
    return { encoding, message: Buffer.from(message, "base64url") };
  return { encoding, message: encoding === "json" ? Buffer.from(message) : rawBytes(query) };
}

/** Bytes that stand percent-encoded in the query, which need be no UTF-8. */
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
    `unknown compression ${JSON.stringify(name.slice(0, 40))}: requests are taken as they are ("identity")`,
  );
}

function encodingOf(contentType = "", pattern: RegExp): Encoding {
  const encoding = pattern.exec(contentType)?.[1]?.toLowerCase();
  if (encoding === "json" || encoding === "proto") return encoding;
  throw new HttpError(
    "invalid_argument",
    `${JSON.stringify(contentType.slice(0, 100))} is not taken here`,
    { httpStatus: 415 },
  );
}

function toBytes(encoding: Encoding, message: Buffer, form: MessageReader): Uint8Array {
  return encoding === "proto"
    ? message
    : form.encode(form.parse(message.byteLength === 0 ? "{}" : message.toString()));
}
