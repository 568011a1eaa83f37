import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { CallOptions, Metadata, RpcError } from "@tightwire/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callOptionsOf } from "./call-options.js";
import { isOfType } from "./content-type.js";
import type { ErrorAnswer } from "./error-answer.js";
import { Refusal } from "./refusal.js";
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
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly settings: ExchangeSettings;
  /** The query of the URL, as it came. */
  readonly query: string;
}

/** A request that a route was found for. */
export interface RoutedExchange extends Exchange {
  readonly match: Match<unknown>;
}

/** Answers requests of one kind. What it rejects with is answered by whoever called it. */
export interface Endpoint<E extends Exchange = Exchange> {
  handle(exchange: E): Promise<unknown>;
  /** How an error is answered that came before anything of the answer was sent. */
  readonly failed?: (error: RpcError) => ErrorAnswer;
}

/** The options of the call that a request makes; what of its metadata is let out becomes headers of the answer. */
export function callOptions({ request, reply, settings }: Exchange): CallOptions {
  const options = callOptionsOf(request.raw, settings);
  if (settings.exposeMetadata.length === 0) return options;
  const expose = (metadata: Metadata): void => {
    if (!reply.raw.headersSent) void reply.headers(exposedHeaders(metadata, settings.exposeMetadata));
  };
  return { ...options, onHeaders: expose, onTrailers: expose };
}

/** Metadata that is let out, as headers. */
export function exposedHeaders(metadata: Metadata, names: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of metadata) {
    if (names.includes(key)) headers[key] = typeof value === "string" ? value : Buffer.from(value).toString("base64");
  }
  return headers;
}

/** The whole body of a request; undefined when it has none. */
export function bodyOf(request: FastifyRequest): Buffer | undefined {
  return Buffer.isBuffer(request.body) ? request.body : undefined;
}

/** The body of a request as it comes. Throws a 415 when it did not say that it is a stream of such messages. */
export function streamOf(request: FastifyRequest, contentType: string): Readable {
  const given = request.headers["content-type"] ?? "";
  if (isOfType(given, contentType)) return request.raw;
  const text = `the body must be ${contentType}, and is ${JSON.stringify(given.slice(0, 100))}`;
  throw new Refusal("invalid_argument", text, { httpStatus: 415 });
}

/** Takes the answer from Fastify, to be written in parts: what is set on the reply until its head is sent goes along. */
export function takeOver(reply: FastifyReply): { response: ServerResponse; headers: () => Record<string, string> } {
  reply.hijack();
  return { response: reply.raw, headers: () => reply.getHeaders() as Record<string, string> };
}

/** Writes a whole answer past Fastify. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: ErrorAnswer): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
