import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Clock, Timer } from "@tightwire/core/runtime";
import type { WebSocketServer } from "ws";
import { stopAccepting } from "./stop-accepting.js";

/** The state of a server that Node does not expose. */
export interface ServerState {
  closing: boolean;
  /** All open connections. */
  readonly sockets: Set<Socket>;
}

/** How often a closing gateway looks for connections whose last response was sent. */
const SWEEP_MS = 20;

/** Closes a server. Destroys the connections that are still open after `graceMs`. */
export async function closeServer(
  server: Server,
  webSockets: WebSocketServer,
  state: ServerState,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  state.closing = true;
  const forced = clock.setTimer(() => {
    for (const socket of webSockets.clients) socket.terminate();
    for (const socket of state.sockets) socket.destroy();
  }, graceMs);
  // Node considers a connection that never sent a byte busy.
  for (const socket of state.sockets) if (socket.bytesRead === 0) socket.destroy();
  // Node considers a connection idle while its response still waits for the client.
  const sweep = (): void => {
    if ([...state.sockets].every(({ writableLength }) => writableLength === 0))
      server.closeIdleConnections();
    sweepTimer = clock.setTimer(sweep, SWEEP_MS);
  };
  let sweepTimer: Timer = clock.setTimer(sweep, SWEEP_MS);
  for (const socket of webSockets.clients) socket.close(1_001, "the gateway is shutting down");
  await stopAccepting(server);
  server.close();
  forced.cancel();
  sweepTimer.cancel();
}
