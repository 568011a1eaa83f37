import type { InterceptedResponse } from "@tightwire/core";
import { finishWith } from "./interceptors.js";
import type { StreamCall } from "./stream-call.js";

/**
 * The responses of a call that its interceptors let through. The call is sent before anybody reads
 * them; to stop reading cancels it, even when nobody has read.
 */
export function interceptedResponses(
  responding: Promise<InterceptedResponse>,
  call: StreamCall,
): AsyncIterableIterator<unknown> {
  const iterator = responding.then(({ response }) =>
    (response as AsyncIterable<unknown>)[Symbol.asyncIterator](),
  );
  iterator.catch(() => {}); // whoever reads gets it
  return {
    async next() {
      try {
        return await (await iterator).next();
      } catch (thrown) {
        throw finishWith(thrown, call);
      }
    },
    async return() {
      const done = { done: true, value: undefined } as const;
      await call.stream.messages.return();
      await iterator.then(
        (one) => one.return?.(),
        () => {},
      );
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
