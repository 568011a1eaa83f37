/**
 * The codes that `retry` may name. Of the others OK is no failure, and another attempt does not
 * mend CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED and UNAUTHENTICATED.
 */
const RETRIED_CODES = [
  "unknown",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
] as const;

/** A status code that may be retried, in the form of `StatusCode` of `@tightwire/core`. */
export type RetriedCode = (typeof RETRIED_CODES)[number];

/** Whether `retry` may name this code. */
export function isRetriedCode(code: string): code is RetriedCode {
  return RETRIED_CODES.some((one) => one === code);
}
