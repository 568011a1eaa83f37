import type { RpcError } from "@tightwire/core";
import { errorOf } from "./call-error.js";

/** The first deadline that is tried, and the last. */
const FIRST_MS = 50;
const LAST_MS = 6_400;

/**
 * The error of a call whose deadline passes once `reached` is true. A machine that is busy may not
 * get that far in time; then the call is made again, with twice the time.
 */
export async function expireOnce(
  reached: () => boolean,
  call: (timeoutMs: number) => Promise<unknown>,
): Promise<RpcError> {
  for (let timeoutMs = FIRST_MS; ; timeoutMs *= 2) {
    const error = await errorOf(call(timeoutMs));
    if (reached() || timeoutMs >= LAST_MS) return error;
  }
}

/** Resolves once `signal` has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
