import type { Socket } from "node:net";
import type { StartedCall } from "@tightwire/client/runtime";

// An HTTP/1.1 client can cancel a request only by closing its connection. Each connection gets one
// listener for all its requests.

const calls = new WeakMap<Socket, Set<StartedCall>>();
const signals = new WeakMap<Socket, AbortSignal>();

/** Cancels a unary call when its connection closes, until {@link forgetCall}. */
export function cancelWhenGone(socket: Socket, call: StartedCall): void {
  if (socket.destroyed) return call.abort(gone());
  const known = calls.get(socket);
  if (known !== undefined) return void known.add(call);
  const own = new Set([call]);
  calls.set(socket, own);
  socket.once("close", () => {
    for (const one of own) one.abort(gone());
  });
}

/** Stops watching the connection for a call that finished. */
export function forgetCall(socket: Socket, call: StartedCall): void {
  calls.get(socket)?.delete(call);
}

/** A signal that aborts when a connection closes. */
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
  return new Error("the client closed the connection");
}
