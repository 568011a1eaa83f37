import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import type { Logger } from "@tightwire/core";
import { isGrpcWeb } from "../grpc-web/endpoint.js";
import { answerPage } from "../page/answer-page.js";
import type { Page } from "../page/page.js";
import { LINES } from "../rest/stream-format.js";
import { findRest, type Surface, verbsOf } from "../surface.js";
import { readBody } from "./body.js";
import { isOfType } from "./content-type.js";
import { type CorsOptions, withCors } from "./cors.js";
import { asRpcError, errorAnswer } from "./error-answer.js";
import { type Endpoint, type Exchange, type ExchangeSettings, sendFailure } from "./exchange.js";
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

/** Answers all requests: routes of the contracts first, then methods by name, then the gateway's own pages. */
export function requestListener(parts: AnswerParts): RequestListener {
  const { logger, cors, settings } = parts;
  const answer: RequestListener = (request, response) => {
    if (logger !== undefined) logWhenOver(request, response, logger);
    try {
      const answering = begin(request, response, parts);
      answering?.catch((error: unknown) => sendError(error, request, response, parts));
    } catch (error) {
      sendError(error, request, response, parts);
    }
  };
  return cors === undefined ? answer : withCors(answer, cors, settings.exposeMetadata);
}

/** A URL without its query. */
export function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** Reads the body of a request, if it has one, and has it answered. */
function begin(request: IncomingMessage, response: ServerResponse, parts: AnswerParts): Promise<void> | void {
  const { headers, httpVersion } = request;
  if (headers.host === undefined && httpVersion !== "1.0") {
    throw new Refusal("invalid_argument", "the request names no host, as HTTP/1.1 asks for", { headers: { connection: "close" } });
  }
  if (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0")
    return answer(request, response, undefined, parts);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw unknownEncoding(encoding);
  // Lines are read as they come.
  if (isOfType(headers["content-type"], LINES)) return answer(request, response, undefined, parts);
  const bounds = { maxBytes: parts.settings.maxMessageBytes, timeoutMs: parts.bodyTimeoutMs };
  return readBody(request, bounds).then((body) => answer(request, response, body, parts));
}

/** Bodies are taken as they are: a small compressed one can be a large one. */
function unknownEncoding(encoding: string): Refusal {
  return new Refusal("unimplemented", `the body is encoded as ${JSON.stringify(encoding.slice(0, 40))}, and bodies are taken as they are`, {
    httpStatus: 415,
    headers: { "accept-encoding": "identity" },
  });
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined, parts: AnswerParts): Promise<void> | void {
  const { method = "GET", url = "/" } = request;
  const { settings, surface } = parts;
  const path = pathOf(url);
  const query = url.slice(path.length + 1);
  const fail = (error: unknown): void => sendError(error, request, response, parts);
  const match = findRest(surface, method, path);
  if (match !== undefined) return match.value.handle({ request, response, settings, query, body, fail, match });
  const exchange: Exchange = { request, response, settings, query, body, fail };
  const endpoint = findRpc(request, path, parts);
  return endpoint === undefined ? showPage(path, exchange, parts) : callByName(endpoint, exchange);
}

async function callByName(endpoint: Endpoint, exchange: Exchange): Promise<void> {
  try {
    await endpoint.handle(exchange);
  } catch (error) {
    if (endpoint.failed === undefined) throw error;
    sendFailure(exchange.response, endpoint.failed(asRpcError(error)));
  }
}

function findRpc({ method, headers }: IncomingMessage, path: string, { surface }: AnswerParts): Endpoint | undefined {
  const endpoints = surface.rpc.get(path);
  if (endpoints === undefined) return undefined;
  if (method === "POST") return isGrpcWeb(headers["content-type"] ?? "") ? endpoints.grpcWeb : endpoints.connect;
  if (method === "GET" && endpoints.byGet) return endpoints.connect;
  throw wrongVerb(method, endpoints.byGet ? ["GET", "POST"] : ["POST"]);
}

function showPage(path: string, exchange: Exchange, parts: AnswerParts): void {
  const { method } = exchange.request;
  const page = parts.pages.get(path);
  if (page === undefined) throw notFound(method, path, parts);
  if (method !== "GET" && method !== "HEAD") throw wrongVerb(method, ["GET"]);
  answerPage(page, exchange);
}

function notFound(method: string | undefined, path: string, { surface }: AnswerParts): Refusal {
  const verbs = verbsOf(surface, path);
  if (verbs.length > 0) return wrongVerb(method, verbs);
  return new Refusal("not_found", `nothing is at ${method} ${path.slice(0, 200)}`);
}

function wrongVerb(verb: string | undefined, allowed: readonly string[]): Refusal {
  const list = allowed.join(", ");
  return new Refusal("unimplemented", `${verb} is not taken here; ${list} is`, { httpStatus: 405, headers: { allow: list } });
}

/** Answers with an error; what the gateway itself did wrong goes to the log. */
function sendError(thrown: unknown, { headers }: IncomingMessage, response: ServerResponse, { registry, logger }: AnswerParts): void {
  const error = asRpcError(thrown);
  if (error.cause !== undefined && error.origin === "local" && error.code === "internal") {
    logger?.error({ err: { message: String(error.cause), stack: (error.cause as Error).stack } }, "a request failed in the gateway");
  }
  sendFailure(response, errorAnswer(error, headers.accept, registry()));
}

/** One line a request, when its answer was sent, or nobody reads it any more. */
function logWhenOver({ method, url }: IncomingMessage, response: ServerResponse, logger: Logger): void {
  const startedAt = performance.now();
  response.once("close", () => {
    const durationMs = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
    const fields = { method, path: pathOf(url), status: response.statusCode, durationMs };
    if (response.statusCode >= 500) logger.warn(fields, "request");
    else logger.info(fields, "request");
  });
}
