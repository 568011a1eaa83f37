import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
  STATUS_CODES,
} from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { WebSocketServer } from "ws";
import { type AnswerParts, pathOf, requestListener, targetOf } from "./answer-requests.js";
import { callOptionsOf } from "./call-options.js";
import { mayOpenSocket } from "./cors.js";
import { asRpcError, type ErrorAnswer, errorAnswer } from "./error-answer.js";
import { HttpError } from "./http-error.js";
import { isAnswering } from "./stream-answer.js";

/** A gateway that listens. */
export interface HttpListener {
  /** Where: `127.0.0.1:8080`, with the port that was chosen, or `unix:/path`. */
  readonly address: string;
  /**
   * No new connections, and at most one more answer on each that is kept; requests in flight have
   * so long to end.
   */
  close(graceMs: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/**
 * Longer than load balancers keep idle connections: of the two, they should be the one who closes.
 */
const KEEP_ALIVE_MS = 72_000;
/** How often a gateway that closes looks for connections whose last answer was sent. */
const SWEEP_MS = 20;
/**
 * What comes on a connection after its last answer is dropped for so long: closing a socket that
 * holds unread octets takes the answer back.
 */
const LINGER_MS = 1_000;

/**
 * Listens at `127.0.0.1:8080` or `unix:/path`. Rejects with an Error that says why when it cannot.
 */
export async function listenHttp(address: string, parts: AnswerParts): Promise<HttpListener> {
  const at = listenOptions(address);
  const state: ServerState = { closing: false, sockets: new Set(), newest: new WeakMap() };
  const server = createServer(
    {
      ServerResponse: responseClass(state),
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
  server.on("connection", (socket) => {
    state.sockets.add(socket);
    socket.once("close", () => state.sockets.delete(socket));
  });
  server.on("clientError", (error, socket) => answerBrokenRequest(error, socket as Socket, parts));
  const sockets = acceptSockets(server, parts, state);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Error(`the gateway cannot listen at ${address}: ${cause.message}`, { cause })),
    );
    server.listen(at, resolve);
  });
  return { address: addressOf(server), close: (graceMs) => close(server, sockets, state, graceMs) };
}

/** A server, as far as Node does not tell. */
interface ServerState {
  closing: boolean;
  readonly sockets: Set<Socket>;
  /** The answer to the last request of each connection. */
  readonly newest: WeakMap<Socket, ServerResponse>;
}

type Head = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * Answers that say, when the gateway closes, that they are the last one of their connection; of
 * requests that came together only the last one's is.
 */
function responseClass(state: ServerState): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse {
    constructor(request: IncomingMessage) {
      super(request);
      state.newest.set(request.socket, this);
    }

    override writeHead(status: number, reason?: Head | string, headers?: Head): this {
      if (state.closing && state.newest.get(this.req.socket) === this) this.shouldKeepAlive = false;
      return super.writeHead(status, reason as string, headers);
    }
  };
}

function listenOptions(address: string): { host: string; port: number } | { path: string } {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) };
  const [, host, port] = /^(\[[^\]]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new TypeError(
      `${JSON.stringify(address)} is not an address such as 127.0.0.1:8080 or unix:/path`,
    );
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function addressOf(server: Server): string {
  const at = server.address() as AddressInfo | string;
  if (typeof at === "string") return `unix:${at}`;
  return at.family === "IPv6" ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
}

async function close(
  server: Server,
  sockets: WebSocketServer,
  state: ServerState,
  graceMs: number,
): Promise<void> {
  state.closing = true;
  const forced = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    for (const socket of state.sockets) socket.destroy();
  }, graceMs);
  // To Node one that never sent anything is at work.
  for (const socket of state.sockets) if (socket.bytesRead === 0) socket.destroy();
  // To Node a connection is idle as soon as its answer was made, though most of it may wait for the
  // client.
  const sweep = setInterval(() => {
    if ([...state.sockets].every(({ writableLength }) => writableLength === 0))
      server.closeIdleConnections();
  }, SWEEP_MS);
  for (const socket of sockets.clients) socket.close(1_001, "the gateway is shutting down");
  // Not Node's close of an HTTP server, which begins with closing what it takes for idle.
  await new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  server.close();
  clearTimeout(forced);
  clearInterval(sweep);
}

/**
 * What is no HTTP, takes too long or has too many headers: there is no request yet that could be
 * answered.
 */
function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  { registry }: AnswerParts,
): void {
  if (socket.writableEnded) return; // it was answered, and goes on sending
  if (error.code === "ECONNRESET" || !socket.writable || isAnswering(socket))
    return void socket.destroy();
  endWith(socket, errorAnswer(brokenRequest(error), undefined, registry()));
}

/**
 * Answers past Node's HTTP server, and ends the connection: reads for {@link LINGER_MS} more, then
 * closes it.
 */
function endWith(socket: Socket, { status, headers, body }: ErrorAnswer): void {
  const head = Object.entries({
    ...headers,
    connection: "close",
    "content-length": Buffer.byteLength(body),
  }).map(([key, value]) => `${key}: ${value}\r\n`);
  socket
    .resume()
    .end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${head.join("")}\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function brokenRequest({ code, message }: Error & { code?: string }): HttpError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new HttpError("deadline_exceeded", "the request did not come in time", {
      httpStatus: 408,
    });
  if (code === "HPE_HEADER_OVERFLOW") {
    return new HttpError(
      "resource_exhausted",
      `the headers are larger than the ${MAX_HEADER_BYTES} bytes that are taken`,
      {
        httpStatus: 431,
      },
    );
  }
  return new HttpError("invalid_argument", `the request is no HTTP/1.1: ${message}`);
}

/** Opens WebSockets for the streaming methods that have a route. */
function acceptSockets(http: Server, parts: AnswerParts, state: ServerState): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: parts.settings.maxMessageBytes,
    clientTracking: true,
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (isAnswering(socket)) return void socket.destroy();
    try {
      if (state.closing) throw new HttpError("unavailable", "the gateway is shutting down");
      const url = targetOf(request);
      const path = pathOf(url);
      const match = parts.surface.sockets.find(path);
      if (match === undefined)
        throw new HttpError("not_found", `no streaming method is at ${path.slice(0, 200)}`);
      if (!mayOpenSocket(request.headers.origin, request.headers.host, parts.cors)) {
        throw new HttpError(
          "permission_denied",
          `pages of ${String(request.headers.origin).slice(0, 100)} may not open a WebSocket here`,
        );
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
