import { createRandom, type Estimate, median, percentile } from "../statistics.js";

/** The ratios of a case, this build by the base: their median, its 95 % interval, their spread. */
export interface Ratio extends Estimate {
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

const RESAMPLES = 2_000;
/** The same ratios give the same interval. */
const SEED = 20_260_101;

/**
 * The median of the ratios of all rounds. The rounds of a block shared their processes.
 *
 * The interval is a bootstrap in two stages, of blocks and then of rounds in them: two processes of
 * one build differ by some percent for as long as they live, since each is compiled and laid out
 * in its own way, and more rounds of the same two do not show that. Throws a RangeError when there
 * are no rounds.
 */
export function ratioOfBlocks(blocks: readonly (readonly number[])[]): Ratio {
  const all = blocks.flat();
  const middle = median(all);
  const random = createRandom(SEED);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(resample(blocks, random).flatMap((block) => resample(block, random))),
  ).sort((a, b) => a - b);
  return {
    median: middle,
    low: percentile(medians, 0.025),
    high: percentile(medians, 0.975),
    min: Math.min(...all),
    max: Math.max(...all),
    rounds: all.length,
  };
}

function resample<T>(values: readonly T[], random: () => number): T[] {
  return values.map(() => values[Math.floor(random() * values.length)] as T);
}
