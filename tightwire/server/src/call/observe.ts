import type { CallObserver } from "@tightwire/core";
import type { IncomingCall } from "@tightwire/core/runtime";
import type { ServedMethod } from "../method.js";

/** Tells the server's observer that a call started; returns who hears the rest of it. */
export function observeStart(call: IncomingCall, served: ServedMethod): CallObserver | undefined {
  return served.observer?.started({
    side: "server",
    path: call.path,
    method: served.definition,
    peer: call.peer.address,
    identity: call.peer.identity,
  });
}
