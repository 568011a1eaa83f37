import type { Ratio } from "./ratio.js";

/** A case passes when the median of its ratios is at least this. */
export const LEAST = 0.97;
/** A build compared with itself must also stay at or below this. */
export const MOST_OF_SELF = 1.03;
/** The rounds of an undecided case are doubled until there are so many times the first number. */
export const MAX_FACTOR = 4;

/** Whether a case passes. `self`: the build was compared with itself. */
export function passes({ median }: Ratio, self: boolean): boolean {
  return median >= LEAST && (!self || median <= MOST_OF_SELF);
}

/** Whether the interval lies on one side of each limit, so that more rounds hardly change it. */
export function isDecided({ low, high }: Ratio, self: boolean): boolean {
  if (high < LEAST) return true;
  if (!self) return low >= LEAST;
  return low > MOST_OF_SELF || (low >= LEAST && high <= MOST_OF_SELF);
}

/** How many rounds to add to a case that began with `first` rounds: 0, or as many as it has. */
export function moreRounds(ratio: Ratio, first: number, self: boolean): number {
  return isDecided(ratio, self) || ratio.rounds * 2 > first * MAX_FACTOR ? 0 : ratio.rounds;
}
