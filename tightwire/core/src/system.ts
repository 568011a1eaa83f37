import type { Clock } from "./clock.js";
import { type Random, systemRandom } from "./random.js";
import { systemClock } from "./system-clock.js";

/** The time and chance of this process. */
export const SYSTEM: { readonly clock: Clock; readonly random: Random } = {
  clock: systemClock,
  random: systemRandom,
};
