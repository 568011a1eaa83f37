import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { MisuseError, StartError } from "@tightwire/core";
import { MAX_HEADER_BYTES, refuseBrokenRequest } from "./broken-request.js";
import { closeServer, type ServerState } from "./close-server.js";
import { lastResponseClass } from "./last-response.js";
import { createRequestListener, type ListenerParts } from "./request-listener.js";
import { acceptWebSockets } from "./web-socket-upgrade.js";

/** A gateway that listens. */
export interface HttpListener {
  /** Where it listens: `127.0.0.1:8080`, with the chosen port, or `unix:/path`. */
  readonly address: string;
  /**
   * Stops accepting connections. Each open connection gets at most one more response. Destroys the
   * connections that are still open after `graceMs`. Never rejects.
   */
  close(graceMs: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
/** How many new connections may wait to be accepted; Node's own 511 makes a burst of them wait. */
const BACKLOG = 4_096;
/** Longer than load balancers keep idle connections: they should be the ones that close them. */
const KEEP_ALIVE_MS = 72_000;

/**
 * Listens at `127.0.0.1:8080` or `unix:/path`. Rejects with a MisuseError for an invalid address,
 * with a StartError when it cannot listen.
 */
export async function listenHttp(address: string, parts: ListenerParts): Promise<HttpListener> {
  const at = parseAddress(address);
  const state: ServerState = { closing: false, sockets: new Set() };
  const server = createServer(
    {
      ServerResponse: lastResponseClass(state),
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
      // Streams of requests may take long; other bodies have their own timeout.
      requestTimeout: 0,
      // The request listener checks the host header, where it can send an error response.
      requireHostHeader: false,
    },
    createRequestListener(parts),
  );
  server.on("connection", (socket) => {
    state.sockets.add(socket);
    socket.once("close", () => state.sockets.delete(socket));
  });
  server.on("clientError", (error, socket) => refuseBrokenRequest(error, socket as Socket, parts));
  const webSockets = acceptWebSockets(server, parts, state);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(address, cause)));
    server.listen({ ...at, backlog: BACKLOG }, resolve);
  });
  return {
    address: addressOf(server),
    close: (graceMs) => closeServer(server, webSockets, state, graceMs, parts.settings.clock),
  };
}

function parseAddress(address: string): { host: string; port: number } | { path: string } {
  if (typeof address !== "string") throw invalidAddress(address);
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) };
  const [, host, port] = /^(\[[^\]]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535) throw invalidAddress(address);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function invalidAddress(address: unknown): MisuseError {
  const got = typeof address === "string" ? JSON.stringify(address) : String(address);
  return new MisuseError(
    "TW_INVALID_ADDRESS",
    `the address must be like 127.0.0.1:8080 or unix:/path (got ${got})`,
  );
}

function listenError(address: string, cause: NodeJS.ErrnoException): StartError {
  const code =
    cause.code === "EADDRINUSE"
      ? "TW_ADDRESS_IN_USE"
      : cause.code === "EACCES"
        ? "TW_ADDRESS_NOT_PERMITTED"
        : "TW_CANNOT_LISTEN";
  return new StartError(code, `the gateway cannot listen at ${address}: ${cause.message}`, {
    cause,
  });
}

function addressOf(server: Server): string {
  const at = server.address() as AddressInfo | string;
  if (typeof at === "string") return `unix:${at}`;
  return at.family === "IPv6" ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
}
