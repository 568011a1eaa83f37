import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import type { Logger } from "@tightwire/core";
import { createReport } from "@tightwire/core/runtime";
import { isGrpcWeb } from "../grpc-web/endpoint.js";
import type { Page } from "../page/page.js";
import { sendPage } from "../page/send-page.js";
import { findRest, type RouteTable, verbsOf } from "../route-table.js";
import { logRequest } from "./access-log.js";
import { readBody } from "./body.js";
import { type CorsOptions, withCors } from "./cors.js";
import { asRpcError, errorResponse } from "./error-response.js";
import {
  type Endpoint,
  type Exchange,
  type ExchangeSettings,
  type RoutedExchange,
  sendErrorResponse,
} from "./exchange.js";
import { HttpError } from "./http-error.js";
import { pathOf, targetOf } from "./request-target.js";
import type { Match } from "./router.js";

/** What handling requests needs. */
export interface ListenerParts {
  readonly routes: RouteTable;
  readonly settings: ExchangeSettings;
  /** How long receiving a body may take, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** For the details of errors. */
  readonly registry: () => Registry;
  /** The gateway's own pages, by path. */
  readonly pages: ReadonlyMap<string, Page>;
  readonly logger: Logger | undefined;
  /** When set, preflight requests are handled first. */
  readonly cors: CorsOptions | undefined;
}

/**
 * Makes the listener that handles all requests: first the routes of the contracts, then methods by
 * name, then the gateway's own pages.
 */
export function createRequestListener(parts: ListenerParts): RequestListener {
  const { logger, cors, settings } = parts;
  const handle: RequestListener = (request, response) => {
    if (request.socket.writableEnded) return; // the last response of the connection was sent
    if (logger !== undefined) logRequest(request, response, logger, settings.clock);
    try {
      const responding = begin(request, response, parts);
      responding?.catch((error: unknown) => sendError(error, request, response, parts));
    } catch (error) {
      sendError(error, request, response, parts);
    }
  };
  return cors === undefined ? handle : withCors(handle, cors, settings.exposeMetadata);
}

/** Whether a request has a body, by its headers. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Reads the body of a request, if it has one, and dispatches the request. */
function begin(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ListenerParts,
): Promise<void> | void {
  const { headers, httpVersion } = request;
  if (headers.host === undefined && httpVersion !== "1.0") {
    throw new HttpError(
      "invalid_argument",
      "the request has no host header; HTTP/1.1 requires it",
      {
        headers: { connection: "close" },
      },
    );
  }
  const target = targetOf(request);
  const path = pathOf(target);
  const match = findRest(parts.routes, request.method ?? "GET", path);
  const head: RequestHead = {
    request,
    response,
    path,
    query: target.slice(path.length + 1),
    match,
  };
  if (!hasBody(headers)) return dispatch(head, undefined, parts);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw unsupportedEncoding(encoding);
  if (match?.value.readsBody === true) return dispatch(head, undefined, parts);
  const { maxMessageBytes: maxBytes, clock } = parts.settings;
  const limits = { maxBytes, timeoutMs: parts.bodyTimeoutMs, clock };
  return readBody(request, limits).then((body) => dispatch(head, body, parts));
}

/** Compressed bodies are refused: a small one may decompress to a large one. */
function unsupportedEncoding(encoding: string): HttpError {
  return new HttpError(
    "unimplemented",
    `content-encoding ${JSON.stringify(encoding.slice(0, 40))} is not supported; send the body without content-encoding`,
    { httpStatus: 415, headers: { "accept-encoding": "identity" } },
  );
}

/** A request whose body was not read yet. */
interface RequestHead {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  /** The route of the request, if there is one. */
  readonly match: Match<Endpoint<RoutedExchange>> | undefined;
}

function dispatch(
  { request, response, path, query, match }: RequestHead,
  body: Buffer | undefined,
  parts: ListenerParts,
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
    sendErrorResponse(exchange.response, endpoint.failed(asRpcError(error)));
  }
}

function findRpc(
  { method, headers }: IncomingMessage,
  path: string,
  { routes }: ListenerParts,
): Endpoint | undefined {
  const endpoints = routes.rpc.get(path);
  if (endpoints === undefined) return undefined;
  if (method === "POST")
    return isGrpcWeb(headers["content-type"] ?? "") ? endpoints.grpcWeb : endpoints.connect;
  if (method === "GET" && endpoints.byGet) return endpoints.connect;
  throw methodNotAllowed(method, endpoints.byGet ? ["GET", "POST"] : ["POST"]);
}

function showPage(path: string, exchange: Exchange, parts: ListenerParts): void {
  const { method } = exchange.request;
  const page = parts.pages.get(path);
  if (page === undefined) throw notFound(method, path, parts);
  if (method !== "GET" && method !== "HEAD") throw methodNotAllowed(method, ["GET"]);
  sendPage(page, exchange);
}

function notFound(method: string | undefined, path: string, { routes }: ListenerParts): HttpError {
  const verbs = verbsOf(routes, path);
  if (verbs.length > 0) return methodNotAllowed(method, verbs);
  return new HttpError("not_found", `no route for ${method} ${path.slice(0, 200)}`);
}

function methodNotAllowed(verb: string | undefined, allowed: readonly string[]): HttpError {
  const list = allowed.join(", ");
  return new HttpError("unimplemented", `method ${verb} is not allowed here; allowed: ${list}`, {
    httpStatus: 405,
    headers: { allow: list },
  });
}

/** Sends an error response. Reports the error when the gateway itself failed. */
function sendError(
  thrown: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { registry, logger }: ListenerParts,
): void {
  const error = asRpcError(thrown);
  if (error.cause !== undefined && error.origin === "local" && error.code === "internal") {
    const path = pathOf(targetOf(request));
    createReport(logger)(error.cause, "the gateway", path);
  }
  sendErrorResponse(response, errorResponse(error, request.headers.accept, registry()));
}
