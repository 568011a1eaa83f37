import type { Metadata } from "@tightwire/core";
import type { CallHandle, CallScope, Status } from "@tightwire/core/runtime";

// What a call that is made inside a handler inherits from the call that the handler serves, besides
// the deadline.

/** The W3C trace context, unless the caller set one. */
export function inheritTrace(scope: CallScope, metadata: Metadata): void {
  if (scope.traceparent === undefined || metadata.has("traceparent")) return;
  metadata.set("traceparent", scope.traceparent);
  if (scope.tracestate !== undefined) metadata.set("tracestate", scope.tracestate);
}

/** Cancellation. Returns the listener, to be removed when the call has finished. */
export function cancelWithParent(scope: CallScope, call: CallHandle): (status: Status) => void {
  const listener = ({ code, message }: Status): void =>
    call.cancel({ code, message: `the call that made this one was cancelled: ${message}` });
  scope.onCancelled(listener);
  return listener;
}
