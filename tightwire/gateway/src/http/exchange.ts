import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallOptions, Metadata, RpcError } from "@tightwire/core";
import type { Clock } from "@tightwire/core/runtime";
import { callOptionsOf } from "./call-options.js";
import { goneSignal } from "./client-gone.js";
import { isOfType } from "./content-type.js";
import type { ErrorResponse } from "./error-response.js";
import { HttpError } from "./http-error.js";
import type { Match } from "./router.js";

/** Settings for all requests of a gateway. */
export interface ExchangeSettings {
  readonly forwardHeaders: readonly string[];
  /** Keys of response metadata that become headers, in lower case. */
  readonly exposeMetadata: readonly string[];
  /** The largest accepted message, in bytes. */
  readonly maxMessageBytes: number;
  readonly clock: Clock;
}

/** One request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly settings: ExchangeSettings;
  /** The query of the URL, still encoded. */
  readonly query: string;
  /** The whole body; undefined when there is none, or when the endpoint reads it. */
  readonly body: Buffer | undefined;
  /** Sends an error response. */
  readonly fail: (error: unknown) => void;
}

/** A request that matched a route. */
export interface RoutedExchange extends Exchange {
  readonly match: Match<unknown>;
}

/** Handles requests of one kind. */
export interface Endpoint<E extends Exchange = Exchange> {
  /** Whether it reads the body itself, as it arrives. Default false: it gets the whole body. */
  readonly readsBody?: boolean;
  /**
   * Handles a request. The caller sends an error response for what it throws or rejects with.
   */
  handle(exchange: E): Promise<void> | void;
  /** Makes the response of an error that came before the head was sent. */
  readonly failed?: (error: RpcError) => ErrorResponse;
}

/**
 * The options of a request's call. The call is cancelled when the client closes the connection.
 * Exposed metadata becomes headers of the response.
 */
export function callOptions(exchange: Exchange): CallOptions {
  return { ...unaryOptions(exchange), signal: goneSignal(exchange.request.socket) };
}

/** Like {@link callOptions}, without a signal: the caller cancels the call itself. */
export function unaryOptions({ request, response, settings }: Exchange): CallOptions {
  const options = callOptionsOf(request, settings);
  if (settings.exposeMetadata.length === 0) return options;
  const expose = (metadata: Metadata): void => {
    if (!response.headersSent)
      setHeaders(response, exposedHeaders(metadata, settings.exposeMetadata));
  };
  return { ...options, onHeaders: expose, onTrailers: expose };
}

/** The exposed part of metadata, as headers. */
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

/** Sets headers of a response, whoever writes its head later. */
export function setHeaders(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [key, value] of Object.entries(headers)) response.setHeader(key, value);
}

/**
 * The body of a request as a stream. Throws a 415 when its content type is not `contentType`.
 */
export function streamOf(request: IncomingMessage, contentType: string): IncomingMessage {
  const given = request.headers["content-type"] ?? "";
  if (isOfType(given, contentType)) return request;
  const text = `the content-type must be ${contentType} (got ${JSON.stringify(given.slice(0, 100))})`;
  throw new HttpError("invalid_argument", text, { httpStatus: 415 });
}

/** Sends a whole response. */
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
 * Sends an error as the whole response. Destroys the connection when a response was started, since
 * there is no other way to report the error then.
 */
export function sendErrorResponse(
  response: ServerResponse,
  { status, headers, body }: ErrorResponse,
): void {
  if (response.headersSent) return void response.destroy();
  response.statusMessage = ""; // a head that Node refused may have set one
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
