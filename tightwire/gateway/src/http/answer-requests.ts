import type { IncomingMessage } from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import type { Logger } from "@tightwire/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isGrpcWeb } from "../grpc-web/endpoint.js";
import { answerPage } from "../page/answer-page.js";
import type { Page } from "../page/page.js";
import { LINES } from "../rest/stream-format.js";
import { findRest, type Surface, verbsOf } from "../surface.js";
import { readBody } from "./body.js";
import { isOfType } from "./content-type.js";
import type { CorsOptions } from "./cors.js";
import { asRpcError, errorAnswer } from "./error-answer.js";
import { type Endpoint, type Exchange, type ExchangeSettings, writeAnswer } from "./exchange.js";
import { Refusal } from "./refusal.js";

/** What requests are answered with. */
export interface AnswerParts {
  readonly surface: Surface;
  readonly settings: ExchangeSettings;
  /** How long a body may take to come, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** For the details of errors. */
  readonly registry: () => Registry;
  /** What the gateway has to show by itself, by its path. */
  readonly pages: ReadonlyMap<string, Page>;
  readonly logger: Logger | undefined;
  /** With it, preflights are answered before. */
  readonly cors: CorsOptions | undefined;
}

/** Has a Fastify app answer all requests: routes of the contracts first, then methods by name, then the gateway's own pages. */
export function answerRequests(app: FastifyInstance, parts: AnswerParts): void {
  const { settings, bodyTimeoutMs, logger } = parts;
  const bounds = { maxBytes: settings.maxMessageBytes, timeoutMs: bodyTimeoutMs };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) => {
    const encoding = request.headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") return Promise.reject(unknownEncoding(encoding));
    // Lines are read as they come.
    return isOfType(request.headers["content-type"], LINES) ? Promise.resolve(undefined) : readBody(payload, bounds);
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts));
  app.setNotFoundHandler((request, reply) => sendError(notFound(request, parts), request, reply, parts));
  const method = app.supportedMethods.filter((name) => name !== "OPTIONS" || parts.cors === undefined);
  app.route({ method, url: "/*", handler: (request, reply) => answer(request, reply, parts) });
  if (logger !== undefined) {
    app.addHook("onResponse", (request, reply, done) => {
      const fields = {
        method: request.method,
        path: pathOf(request.raw.url),
        status: reply.raw.statusCode,
        durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
      };
      if (reply.raw.statusCode >= 500) logger.warn(fields, "request");
      else logger.info(fields, "request");
      done();
    });
  }
}

/** Bodies are taken as they are: a small compressed one can be a large one. */
function unknownEncoding(encoding: string): Refusal {
  return new Refusal("unimplemented", `the body is encoded as ${JSON.stringify(encoding.slice(0, 40))}, and bodies are taken as they are`, {
    httpStatus: 415,
    headers: { "accept-encoding": "identity" },
  });
}

/** A URL without its query. */
export function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

function answer(request: FastifyRequest, reply: FastifyReply, parts: AnswerParts): unknown {
  if (request.raw.headers.host === undefined && request.raw.httpVersion !== "1.0") {
    throw new Refusal("invalid_argument", "the request names no host, as HTTP/1.1 asks for", { headers: { connection: "close" } });
  }
  const url = request.raw.url ?? "/";
  const path = pathOf(url);
  const { settings } = parts;
  const query = url.slice(path.length + 1);
  const found = findRest(parts.surface, request.method, path);
  if (found !== undefined) return found.endpoint.handle({ request, reply, settings, query, match: found.match });
  const exchange: Exchange = { request, reply, settings, query };
  const endpoint = findRpc(request, path, parts);
  return endpoint === undefined ? showPage(path, exchange, parts) : callByName(endpoint, exchange);
}

async function callByName(endpoint: Endpoint, exchange: Exchange): Promise<unknown> {
  const { reply } = exchange;
  try {
    return await endpoint.handle(exchange);
  } catch (error) {
    if (endpoint.failed === undefined) throw error;
    const { status, headers, body } = endpoint.failed(asRpcError(error));
    return reply.code(status).headers(headers).send(body);
  }
}

function findRpc(request: FastifyRequest, path: string, { surface }: AnswerParts): Endpoint | undefined {
  const endpoints = surface.rpc.get(path);
  if (endpoints === undefined) return undefined;
  if (request.method === "POST") return isGrpcWeb(request.headers["content-type"] ?? "") ? endpoints.grpcWeb : endpoints.connect;
  if (request.method === "GET" && endpoints.byGet) return endpoints.connect;
  throw wrongVerb(request.method, endpoints.byGet ? ["GET", "POST"] : ["POST"]);
}

function showPage(path: string, exchange: Exchange, parts: AnswerParts): unknown {
  const { request } = exchange;
  const page = parts.pages.get(path);
  if (page === undefined) throw notFound(request, parts);
  if (request.method !== "GET" && request.method !== "HEAD") throw wrongVerb(request.method, ["GET"]);
  return answerPage(page, exchange);
}

function notFound(request: FastifyRequest, { surface }: AnswerParts): Refusal {
  const path = pathOf(request.raw.url);
  const verbs = verbsOf(surface, path);
  if (verbs.length > 0) return wrongVerb(request.method, verbs);
  return new Refusal("not_found", `nothing is at ${request.method} ${path.slice(0, 200)}`);
}

function wrongVerb(verb: string, allowed: readonly string[]): Refusal {
  const list = allowed.join(", ");
  return new Refusal("unimplemented", `${verb} is not taken here; ${list} is`, { httpStatus: 405, headers: { allow: list } });
}

/** Answers with an error; what the gateway itself did wrong goes to the log. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, { registry, logger }: AnswerParts): unknown {
  const error = asRpcError(thrown);
  if (error.cause !== undefined && error.origin === "local" && error.code === "internal") {
    logger?.error({ err: { message: String(error.cause), stack: (error.cause as Error).stack } }, "a request failed in the gateway");
  }
  const whole = errorAnswer(error, request.headers.accept, registry());
  if (reply.sent) return void writeAnswer(reply.raw, whole);
  return reply.code(whole.status).headers(whole.headers).send(whole.body);
}
