import { checkMethods } from "./argument.js";
import type { Clock } from "./clock.js";
import { type Random, systemRandom } from "./random.js";
import { systemClock } from "./system-clock.js";

/** The time and chance of this process. */
export const SYSTEM: { readonly clock: Clock; readonly random: Random } = {
  clock: systemClock,
  random: systemRandom,
};

const CLOCK: readonly (keyof Clock)[] = [
  "now",
  "wallTime",
  "schedule",
  "setTimer",
  "setBackgroundTimer",
  "nextTick",
  "nextTurn",
  "offload",
];
const RANDOM: readonly (keyof Random)[] = ["next", "hex"];

/** Throws a MisuseError for a clock or a generator that misses a method; both may be undefined. */
export function checkSystem(clock: unknown, random: unknown): void {
  if (clock !== undefined) checkMethods("clock", clock, CLOCK);
  if (random !== undefined) checkMethods("random", random, RANDOM);
}
