import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@tightwire/core/runtime";
import type { ErrorResponse } from "./error-response.js";

/**
 * How long bytes of the client are dropped after the last response: to close a socket that has
 * unread bytes would discard the response.
 */
const LINGER_MS = 1_000;

/** Sends an error response without Node's HTTP server, then closes the connection. */
export function sendRaw(
  socket: Socket,
  { status, headers, body }: ErrorResponse,
  clock: Clock,
): void {
  const head = Object.entries({
    ...headers,
    connection: "close",
    "content-length": Buffer.byteLength(body),
  }).map(([key, value]) => `${key}: ${value}\r\n`);
  socket
    .resume()
    .end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${head.join("")}\r\n${body}`);
  clock.setBackgroundTimer(() => socket.destroy(), LINGER_MS);
}
