import { setMaxListeners } from "node:events";
import { RpcError } from "@tightwire/core";
import { type Status, statusName } from "@tightwire/core/runtime";

/** The error that `signal.reason` holds, and that readers of requests get, for a cancelled call. */
export function cancellation(status: Status): RpcError {
  return new RpcError(statusName(status.code), status.message);
}

/** A controller for a handler's signal; aborted already when a status is given. */
export function createController(status: Status | undefined): AbortController {
  const controller = new AbortController();
  // A handler may pass the signal to many functions; Node warns of a leak above ten listeners.
  setMaxListeners(0, controller.signal);
  if (status !== undefined) controller.abort(cancellation(status));
  return controller;
}
