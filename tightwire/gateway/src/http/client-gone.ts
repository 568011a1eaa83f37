import type { Socket } from "node:net";
import type { StartedCall } from "@tightwire/client/runtime";

// An HTTP/1.1 client has no other way to take a request back than to close its connection. Each is
// listened to once, for all its requests.

const calls = new WeakMap<Socket, Set<StartedCall>>();
const signals = new WeakMap<Socket, AbortSignal>();

/** Aborts a unary call when its connection closes, until {@link forgetCall}. */
export function abortWhenGone(socket: Socket, call: StartedCall): void {
  if (socket.destroyed) return call.abort(gone());
  const known = calls.get(socket);
  if (known !== undefined) return void known.add(call);
  const own = new Set([call]);
  calls.set(socket, own);
  socket.once("close", () => {
    for (const one of own) one.abort(gone());
  });
}

/** The call is over. */
export function forgetCall(socket: Socket, call: StartedCall): void {
  calls.get(socket)?.delete(call);
}

/** Aborts when a connection is over. */
export function goneSignal(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  signals.set(socket, controller.signal);
  const abort = (): void => controller.abort(gone());
  if (socket.destroyed) abort();
  else socket.once("close", abort);
  return controller.signal;
}

function gone(): Error {
  return new Error("the client is gone");
}
