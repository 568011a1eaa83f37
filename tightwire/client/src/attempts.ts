import type { InterceptorNext } from "@tightwire/core";
import type { ClientCall } from "./client-call.js";

/**
 * Goes through attempt interceptors with every attempt of a call: again with one whose peer never
 * processed it, which they see fail. Any other failure, and an error that one of them made of it,
 * is the call's.
 */
export function eachAttempt(layered: InterceptorNext): InterceptorNext {
  return async (intercepted) => {
    const call = intercepted as ClientCall;
    call.beginAttempts();
    for (;;) {
      try {
        return await layered(call);
      } catch (thrown) {
        if (!call.attemptAgain(thrown)) throw thrown;
      }
    }
  };
}
