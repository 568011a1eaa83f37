import type { Case } from "./cases.js";
import type { Pair, Sample } from "./pair.js";

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Length of a window. */
  readonly seconds: number;
  /** How long each peer runs first, unmeasured. */
  readonly warmUpSeconds: number;
}

/** One window of each peer, close together in time; by the peer's name. */
export type Round = ReadonlyMap<string, Sample>;

/**
 * Warms every pair up, then measures all of them in each round, one after the other. `progress`
 * hears of each round.
 */
export async function measureRounds(
  pairs: readonly Pair[],
  load: Case,
  effort: Effort,
  progress: (done: number) => void,
): Promise<Round[]> {
  for (const pair of pairs) await pair.measure(load, effort.warmUpSeconds);
  const rounds: Round[] = [];
  for (let index = 0; index < effort.rounds; index++) {
    const round = new Map<string, Sample>();
    for (const pair of orderOf(pairs, index))
      round.set(pair.peer, await pair.measure(load, effort.seconds));
    rounds.push(round);
    progress(index + 1);
  }
  return rounds;
}

/**
 * The order in a round: forwards and backwards in turn, from another one every two rounds, so that
 * no peer always follows the same one.
 */
export function orderOf<T>(pairs: readonly T[], round: number): T[] {
  const shift = pairs.length === 0 ? 0 : (round >> 1) % pairs.length;
  const turned = [...pairs.slice(shift), ...pairs.slice(0, shift)];
  return round % 2 === 0 ? turned : turned.reverse();
}
