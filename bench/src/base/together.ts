import type { Case } from "../cases.js";
import type { Pair } from "../pair.js";
import { type Effort, orderOf, type Round } from "../rounds.js";

/**
 * Warms all pairs up, then measures all of them in each round, at the same time on the same cores.
 * The order in which they are asked is turned around from round to round.
 *
 * What other load does to caches and cores then reaches all alike: ratios of processor time per
 * call vary up to three times less than with windows in turn. Latencies mean little, since each
 * pair waits for the others.
 */
export async function measureTogether(
  pairs: readonly Pair[],
  load: Case,
  effort: Effort,
): Promise<Round[]> {
  await Promise.all(pairs.map((pair) => pair.measure(load, effort.warmUpSeconds)));
  const rounds: Round[] = [];
  for (let index = 0; index < effort.rounds; index++) {
    const windows = orderOf(pairs, index).map(async (pair) => {
      const sample = await pair.measure(load, effort.seconds);
      return [pair.peer, sample] as const;
    });
    rounds.push(new Map(await Promise.all(windows)));
  }
  return rounds;
}
