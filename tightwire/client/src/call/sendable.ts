import { type InterceptedCall, MisuseError } from "@tightwire/core";
import type { Sendable } from "./run.js";

/** What an interceptor gave to `next`. Throws a MisuseError when it is not a client's call. */
export function sendableOf(given: InterceptedCall): Sendable {
  // Not `instanceof`: a channel may come from another copy of this package.
  const sendable = given as Partial<Sendable> | null | undefined;
  if (typeof sendable?.call?.addRun === "function") return sendable as Sendable;
  throw new MisuseError(
    "TW_INVALID_NEXT",
    `next() takes the call that the interceptor was given; change its request or metadata in place (got ${given === null ? "null" : typeof given})`,
  );
}
