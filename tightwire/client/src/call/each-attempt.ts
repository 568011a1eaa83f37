import type { InterceptorNext } from "@tightwire/core";
import { AttemptCall } from "./attempt-call.js";
import { sendableOf } from "./sendable.js";

/**
 * Runs attempt interceptors around every attempt of a call: once more after an attempt that the
 * peer never processed, which they see fail. Any other failure is the call's, and so is an error
 * that one of them throws instead.
 */
export function eachAttempt(intercepted: InterceptorNext): InterceptorNext {
  return async (given) => {
    const { call } = sendableOf(given);
    for (let number = 1; ; number++) {
      const attempt = new AttemptCall(call, number);
      try {
        return await intercepted(attempt);
      } catch (thrown) {
        if (!attempt.isFollowed(thrown)) throw thrown;
      }
    }
  };
}
