import type { InterceptorNext } from "@tightwire/core";
import { AttemptView } from "./attempt-view.js";
import type { ClientCall } from "./client-call.js";

/**
 * Runs attempt interceptors around every attempt of a call: once more after an attempt that the
 * peer never processed, which they see fail. Any other failure is the call's, and so is an error
 * that one of them throws instead.
 */
export function eachAttempt(intercepted: InterceptorNext): InterceptorNext {
  return async (given) => {
    const call = given as ClientCall;
    const view = new AttemptView(call, call.listenerCount);
    call.view = view;
    for (;;) {
      try {
        return await intercepted(call);
      } catch (thrown) {
        if (!view.restore(call, thrown)) throw thrown;
      }
    }
  };
}
