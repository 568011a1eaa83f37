import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallOptions, Metadata, RpcError } from "@tightwire/core";
import { callOptionsOf } from "./call-options.js";
import { goneSignal } from "./client-gone.js";
import { isOfType } from "./content-type.js";
import type { ErrorAnswer } from "./error-answer.js";
import { HttpError } from "./http-error.js";
import type { Match } from "./router.js";

/** What holds for all requests of a gateway. */
export interface ExchangeSettings {
  readonly forwardHeaders: readonly string[];
  /** Metadata of answers that become headers, in lower case. */
  readonly exposeMetadata: readonly string[];
  /** The largest message that is taken, in bytes. */
  readonly maxMessageBytes: number;
}

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly settings: ExchangeSettings;
  /** The query of the URL, as it came. */
  readonly query: string;
  /** The whole body; undefined when there is none, or when it is read as it comes. */
  readonly body: Buffer | undefined;
  /** Answers with an error. */
  readonly fail: (error: unknown) => void;
}

/** A request that a route was found for. */
export interface RoutedExchange extends Exchange {
  readonly match: Match<unknown>;
}

/** Answers requests of one kind. */
export interface Endpoint<E extends Exchange = Exchange> {
  /** Whether it reads the body itself, as it comes. Default false: it is given all of it. */
  readonly readsBody?: boolean;
  /**
   * Answers, or has it answered. What it throws or rejects with is answered by whoever called it.
   */
  handle(exchange: E): Promise<void> | void;
  /** How an error is answered that came before anything of the answer was sent. */
  readonly failed?: (error: RpcError) => ErrorAnswer;
}

/**
 * The options of the call that a request makes, cancelled when the client goes; what of its
 * metadata is let out becomes headers of the answer.
 */
export function callOptions(exchange: Exchange): CallOptions {
  return { ...unaryOptions(exchange), signal: goneSignal(exchange.request.socket) };
}

/** As {@link callOptions}, but for who cancels the call by itself. */
export function unaryOptions({ request, response, settings }: Exchange): CallOptions {
  const options = callOptionsOf(request, settings);
  if (settings.exposeMetadata.length === 0) return options;
  const expose = (metadata: Metadata): void => {
    if (!response.headersSent)
      setHeaders(response, exposedHeaders(metadata, settings.exposeMetadata));
  };
  return { ...options, onHeaders: expose, onTrailers: expose };
}

/** Metadata that is let out, as headers. */
export function exposedHeaders(
  metadata: Metadata,
  names: readonly string[],
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of metadata) {
    if (names.includes(key))
      headers[key] = typeof value === "string" ? value : Buffer.from(value).toString("base64");
  }
  return headers;
}

/** Headers that an answer has, whoever writes its head. */
export function setHeaders(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [key, value] of Object.entries(headers)) response.setHeader(key, value);
}

/**
 * The body of a request as it comes. Throws a 415 when it did not say that it is a stream of such
 * messages.
 */
export function streamOf(request: IncomingMessage, contentType: string): IncomingMessage {
  const given = request.headers["content-type"] ?? "";
  if (isOfType(given, contentType)) return request;
  const text = `the body must be ${contentType}, and is ${JSON.stringify(given.slice(0, 100))}`;
  throw new HttpError("invalid_argument", text, { httpStatus: 415 });
}

/** Sends a whole answer. */
export function sendBody(
  response: ServerResponse,
  contentType: string,
  content: string | Uint8Array,
): void {
  response.writeHead(200, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(content),
  });
  response.end(content);
}

/**
 * Sends an error as the whole answer; of one that has begun the connection is cut, since nothing
 * else can say so.
 */
export function sendFailure(
  response: ServerResponse,
  { status, headers, body }: ErrorAnswer,
): void {
  if (response.headersSent) return void response.destroy();
  response.statusMessage = ""; // a head that was refused left one
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
