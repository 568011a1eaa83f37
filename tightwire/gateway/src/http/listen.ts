import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { type AnswerParts, pathOf, requestListener } from "./answer-requests.js";
import { callOptionsOf } from "./call-options.js";
import { mayOpenSocket } from "./cors.js";
import { asRpcError, type ErrorAnswer, errorAnswer } from "./error-answer.js";
import { Refusal } from "./refusal.js";

/** A gateway that listens. */
export interface HttpListener {
  /** Where: `127.0.0.1:8080`, with the port that was chosen, or `unix:/path`. */
  readonly address: string;
  /** No new requests; those in flight have so long to end. */
  close(graceMs: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Longer than load balancers keep idle connections: of the two, they should be the one who closes. */
const KEEP_ALIVE_MS = 72_000;
/** How often a gateway that closes looks for connections whose last answer was sent. */
const SWEEP_MS = 20;

/** Listens at `127.0.0.1:8080` or `unix:/path`. Rejects with an Error that says why when it cannot. */
export async function listenHttp(address: string, parts: AnswerParts): Promise<HttpListener> {
  const at = listenOptions(address);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
      // Streams of requests may last; other bodies have a time of their own.
      requestTimeout: 0,
      // That a request names its host is asked of it later, where the answer can say so.
      requireHostHeader: false,
    },
    requestListener(parts),
  );
  server.on("clientError", (error, socket) => answerBrokenRequest(error, socket as Socket, parts));
  const sockets = acceptSockets(server, parts);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(new Error(`the gateway cannot listen at ${address}: ${cause.message}`, { cause })));
    server.listen(at, resolve);
  });
  return { address: addressOf(server), close: (graceMs) => close(server, sockets, graceMs) };
}

function listenOptions(address: string): { host: string; port: number } | { path: string } {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) };
  const [, host, port] = /^(\[[^\]]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new TypeError(`${JSON.stringify(address)} is not an address such as 127.0.0.1:8080 or unix:/path`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function addressOf(server: Server): string {
  const at = server.address() as AddressInfo | string;
  if (typeof at === "string") return `unix:${at}`;
  return at.family === "IPv6" ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
}

async function close(server: Server, sockets: WebSocketServer, graceMs: number): Promise<void> {
  const forced = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, graceMs);
  // Node closes those that are idle now, and not those that become so.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  for (const socket of sockets.clients) socket.close(1_001, "the gateway is shutting down");
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(forced);
  clearInterval(sweep);
}

/** What is no HTTP, takes too long or has too many headers: there is no request yet that Fastify would answer. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, { registry }: AnswerParts): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  endWith(socket, errorAnswer(brokenRequest(error), undefined, registry()));
}

/** Answers past Node's HTTP server, and ends the connection. */
function endWith(socket: Socket, { status, headers, body }: ErrorAnswer): void {
  const head = Object.entries({ ...headers, connection: "close", "content-length": Buffer.byteLength(body) }).map(
    ([key, value]) => `${key}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${head.join("")}\r\n${body}`);
}

function brokenRequest({ code, message }: Error & { code?: string }): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Refusal("deadline_exceeded", "the request did not come in time", { httpStatus: 408 });
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Refusal("resource_exhausted", `the headers are larger than the ${MAX_HEADER_BYTES} bytes that are taken`, {
      httpStatus: 431,
    });
  }
  return new Refusal("invalid_argument", `the request is no HTTP/1.1: ${message}`);
}

/** Opens WebSockets for the streaming methods that have a route. */
function acceptSockets(http: Server, parts: AnswerParts): WebSocketServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: parts.settings.maxMessageBytes, clientTracking: true });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    try {
      const url = request.url ?? "/";
      const path = pathOf(url);
      const match = parts.surface.sockets.find(path);
      if (match === undefined) throw new Refusal("not_found", `no streaming method is at ${path.slice(0, 200)}`);
      if (!mayOpenSocket(request.headers.origin, request.headers.host, parts.cors)) {
        throw new Refusal("permission_denied", `pages of ${String(request.headers.origin).slice(0, 100)} may not open a WebSocket here`);
      }
      const carry = match.value.prepare({
        match,
        query: url.slice(path.length + 1),
        options: callOptionsOf(request, parts.settings),
      });
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.on("error", () => opened.terminate());
        void carry(opened);
      });
    } catch (error) {
      endWith(socket, errorAnswer(asRpcError(error), request.headers.accept, parts.registry()));
    }
  });
  return server;
}
