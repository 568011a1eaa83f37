import type { RpcError } from "@tightwire/core";
import { errorOf } from "@tightwire/testing";

/** The first deadline that is tried, and the last. */
const FIRST_MS = 50;
const LAST_MS = 6_400;

/**
 * The error of a call whose deadline passes once `reached` is true. A busy machine may not get that
 * far in time; then the call is made again, with twice the time.
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
