import type { Random } from "@tightwire/core/runtime";

const FIRST_MS = 100;
const LAST_MS = 10_000;

/**
 * How long to wait, in milliseconds, after `failures` rounds of connecting failed in a row: full
 * jitter over 100 ms, doubled with each failure, 10 s at most.
 */
export function backoffMs(failures: number, random: Random): number {
  return random.next() * Math.min(FIRST_MS * 2 ** (failures - 1), LAST_MS);
}
