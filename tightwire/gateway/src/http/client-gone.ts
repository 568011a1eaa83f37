import type { Socket } from "node:net";
import type { StartedCall } from "@tightwire/client/runtime";

// An HTTP/1.1 client has no other way to take a request back than to close its connection. Each is listened to once, for all its requests.

const GONE = "the client is gone";

const calls = new WeakMap<Socket, Set<StartedCall>>();
const signals = new WeakMap<Socket, AbortSignal>();

/** The unary calls of a connection: those that are in it when it closes are aborted. */
export function callsOf(socket: Socket): Set<StartedCall> {
  const known = calls.get(socket);
  if (known !== undefined) return known;
  const own = new Set<StartedCall>();
  calls.set(socket, own);
  socket.once("close", () => {
    for (const call of own) call.abort(new Error(GONE));
  });
  return own;
}

/** Aborts when a connection is over. */
export function goneSignal(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  signals.set(socket, controller.signal);
  const gone = (): void => controller.abort(new Error(GONE));
  if (socket.destroyed) gone();
  else socket.once("close", gone);
  return controller.signal;
}
