import type { ServerCall } from "@tightwire/core";

/**
 * Aborts when the call is cancelled, and when the server begins to drain: a watcher that would go
 * on for ever then finishes as UNAVAILABLE at once, and its client watches elsewhere.
 */
export function untilDrain({ signal, draining }: ServerCall): AbortSignal {
  return AbortSignal.any([signal, draining]);
}
