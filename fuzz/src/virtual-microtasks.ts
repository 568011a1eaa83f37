import type { Clock } from "@tightwire/core/runtime";

/**
 * Runs `body` with `queueMicrotask` on `clock`, as its next tick. Everything else that a session
 * puts off goes through the clock that it is given; only the failure of a call that a closed
 * session refuses is told in a microtask, which the clock does not have (a caller must not hear of
 * a call before it has its handle). `body` is synchronous, so real microtasks would run after it,
 * when the input was already judged. It must not wait for a promise.
 */
export function withVirtualMicrotasks(clock: Clock, body: () => void): void {
  const real = queueMicrotask;
  globalThis.queueMicrotask = (callback) => clock.nextTick(callback);
  try {
    body();
  } finally {
    globalThis.queueMicrotask = real;
  }
}
