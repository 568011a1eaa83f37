import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import type { Logger } from "@tightwire/core";
import { isGrpcWeb } from "../grpc-web/endpoint.js";
import { answerPage } from "../page/answer-page.js";
import type { Page } from "../page/page.js";
import { findRest, type RouteTable, verbsOf } from "../route-table.js";
import { readBody } from "./body.js";
import { type CorsOptions, withCors } from "./cors.js";
import { asRpcError, errorAnswer } from "./error-answer.js";
import {
  type Endpoint,
  type Exchange,
  type ExchangeSettings,
  type RoutedExchange,
  sendFailure,
} from "./exchange.js";
import { HttpError } from "./http-error.js";
import type { Match } from "./router.js";

/** What requests are answered with. */
export interface AnswerParts {
  readonly surface: RouteTable;
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

/**
 * Answers all requests: routes of the contracts first, then methods by name, then the gateway's own
 * pages.
 */
export function requestListener(parts: AnswerParts): RequestListener {
  const { logger, cors, settings } = parts;
  const answer: RequestListener = (request, response) => {
    if (request.socket.writableEnded) return; // its connection had its last answer
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

/**
 * What a request is for: its path and its query. The host may stand before them, if it is the one
 * that the headers name: stricter than RFC 9112, section 3.2.2, which goes by the target alone.
 */
export function targetOf({ url = "/", headers }: IncomingMessage): string {
  if (url.startsWith("/")) return url;
  const [, host, path] = /^https?:\/\/([^/?#]+)\/?(.*)$/i.exec(url) ?? [];
  return host !== undefined && host.toLowerCase() === headers.host?.toLowerCase()
    ? `/${path}`
    : url;
}

/** Whether a request has a body, by its headers. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** A target without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** Reads the body of a request, if it has one, and has it answered. */
function begin(
  request: IncomingMessage,
  response: ServerResponse,
  parts: AnswerParts,
): Promise<void> | void {
  const { headers, httpVersion } = request;
  if (headers.host === undefined && httpVersion !== "1.0") {
    throw new HttpError("invalid_argument", "the request names no host, as HTTP/1.1 asks for", {
      headers: { connection: "close" },
    });
  }
  const target = targetOf(request);
  const path = pathOf(target);
  const match = findRest(parts.surface, request.method ?? "GET", path);
  const asked: Asked = { request, response, path, query: target.slice(path.length + 1), match };
  if (!hasBody(headers)) return answer(asked, undefined, parts);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw unknownEncoding(encoding);
  if (match?.value.readsBody === true) return answer(asked, undefined, parts);
  const bounds = { maxBytes: parts.settings.maxMessageBytes, timeoutMs: parts.bodyTimeoutMs };
  return readBody(request, bounds).then((body) => answer(asked, body, parts));
}

/** Bodies are taken as they are: a small compressed one can be a large one. */
function unknownEncoding(encoding: string): HttpError {
  return new HttpError(
    "unimplemented",
    `the body is encoded as ${JSON.stringify(encoding.slice(0, 40))}, and bodies are taken as they are`,
    {
      httpStatus: 415,
      headers: { "accept-encoding": "identity" },
    },
  );
}

/** A request whose body was not looked at yet. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  /** Its route, if there is one. */
  readonly match: Match<Endpoint<RoutedExchange>> | undefined;
}

function answer(
  { request, response, path, query, match }: Asked,
  body: Buffer | undefined,
  parts: AnswerParts,
): Promise<void> | void {
  const { settings } = parts;
  const fail = (error: unknown): void => sendError(error, request, response, parts);
  if (match !== undefined)
    return match.value.handle({ request, response, settings, query, body, fail, match });
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

function findRpc(
  { method, headers }: IncomingMessage,
  path: string,
  { surface }: AnswerParts,
): Endpoint | undefined {
  const endpoints = surface.rpc.get(path);
  if (endpoints === undefined) return undefined;
  if (method === "POST")
    return isGrpcWeb(headers["content-type"] ?? "") ? endpoints.grpcWeb : endpoints.connect;
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

function notFound(method: string | undefined, path: string, { surface }: AnswerParts): HttpError {
  const verbs = verbsOf(surface, path);
  if (verbs.length > 0) return wrongVerb(method, verbs);
  return new HttpError("not_found", `nothing is at ${method} ${path.slice(0, 200)}`);
}

function wrongVerb(verb: string | undefined, allowed: readonly string[]): HttpError {
  const list = allowed.join(", ");
  return new HttpError("unimplemented", `${verb} is not taken here; ${list} is`, {
    httpStatus: 405,
    headers: { allow: list },
  });
}

/** Answers with an error; what the gateway itself did wrong goes to the log. */
function sendError(
  thrown: unknown,
  { headers }: IncomingMessage,
  response: ServerResponse,
  { registry, logger }: AnswerParts,
): void {
  const error = asRpcError(thrown);
  if (error.cause !== undefined && error.origin === "local" && error.code === "internal") {
    logger?.error(
      { err: { message: String(error.cause), stack: (error.cause as Error).stack } },
      "a request failed in the gateway",
    );
  }
  sendFailure(response, errorAnswer(error, headers.accept, registry()));
}

/**
 * The status of a request whose answer was not sent to its end, as proxies log it: nearly always
 * the client did not wait for it.
 */
const CLIENT_GONE = 499;

/** One line a request, when its answer was sent, or nobody reads it any more. */
function logWhenOver(request: IncomingMessage, response: ServerResponse, logger: Logger): void {
  const { method } = request;
  const startedAt = performance.now();
  response.once("close", () => {
    const durationMs = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
    const status = response.writableFinished ? response.statusCode : CLIENT_GONE;
    const fields = { method, path: pathOf(targetOf(request)), status, durationMs };
    if (status >= 500) logger.warn(fields, "request");
    else logger.info(fields, "request");
  });
}
