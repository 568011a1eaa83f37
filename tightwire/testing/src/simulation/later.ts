import type { Clock, Timer } from "@tightwire/core/runtime";

/** Calls back after `ms`, to the fraction of a millisecond, and never in the moment that asks. */
export function later(clock: Clock, ms: number, callback: () => void): Timer {
  return clock.schedule(clock.now() + Math.max(ms, SHORTEST_MS), { expire: callback });
}

const SHORTEST_MS = 0.001;
