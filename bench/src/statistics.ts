/** A median with its 95 % interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Numbers from 0 (inclusive) to 1 (exclusive). */
export type RandomSource = () => number;

const RESAMPLES = 2_000;

/**
 * The middle of the values, or the mean of the two in the middle. Throws a RangeError when there
 * are none.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** To a tenth, as results are kept. */
export function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * The smallest value that `share` (0 to 1) of the sorted values do not exceed. Throws a RangeError
 * when there are none.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) throw new RangeError("no values have no percentile");
  const rank = Math.min(Math.max(Math.ceil(share * sorted.length), 1), sorted.length);
  return sorted[rank - 1] as number;
}

/** The median of the values with its 95 % percentile bootstrap interval, out of 2,000 resamples. */
export function estimateMedian(values: readonly number[], random: RandomSource): Estimate {
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(values, random))).sort(
    (a, b) => a - b,
  );
  return {
    median: median(values),
    low: percentile(medians, 0.025),
    high: percentile(medians, 0.975),
  };
}

function resample(values: readonly number[], random: RandomSource): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}

/**
 * A 32-bit xorshift generator (Marsaglia 2003): the same seed gives the same numbers, so that a
 * report can be computed again.
 */
export function createRandom(seed: number): RandomSource {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
