import { setTimeout as sleep } from "node:timers/promises";

/** How often a check is made. */
const EVERY_MS = 2;

/**
 * Calls `check` until it neither throws nor rejects, and gives its result. After `timeoutMs`
 * milliseconds (default 5,000) it throws what `check` threw last. For what happens in real time;
 * in virtual time use `runUntil` of the clock.
 *
 * ```ts
 * await eventually(() => expect(server.calls).toBe(3));
 * ```
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  timeoutMs: number = 5_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= until) throw error;
    }
    await sleep(EVERY_MS);
  }
}
