import type { Case } from "../cases.js";
import type { Peer } from "../peer.js";
import type { Effort } from "../rounds.js";
import type { Block, Compared } from "./block.js";
import { ROUNDS_PER_BLOCK } from "./effort.js";
import { FIGURES, type Figure, figureOf, ratioIn } from "./figure.js";
import type { Target } from "./plan.js";
import { type Ratio, ratioOfBlocks } from "./ratio.js";
import { moreRounds } from "./verdict.js";

/** What came out for one case of one peer. */
export interface Comparison {
  readonly target: Target;
  /** The figure that decides. */
  readonly figure: Figure;
  /** This build by the base, by every figure; undefined when it failed. */
  readonly ratios: Readonly<Record<Figure, Ratio>> | undefined;
  /** What failed: a build that does not start, or a call. */
  readonly error: Error | undefined;
}

/** What a comparison needs of the outside. */
export interface Measuring {
  /** Measures cases of a peer with fresh processes; a block for each case. */
  readonly measure: (peer: Peer, loads: readonly Case[], effort: Effort) => Promise<Block[]>;
  /** Milliseconds since some time. */
  readonly now: () => number;
  /** Hears of every case whose rounds are over. */
  readonly progress: (comparison: Comparison) => void;
}

/** A case under way. */
interface Running {
  readonly target: Target;
  readonly blocks: (readonly Compared[])[];
  error: Error | undefined;
  /** What its rounds have taken up to now. */
  tookMs: number;
}

/**
 * Measures every target, then doubles the rounds of those that are undecided, the worst first, as
 * often as allowed and until `minutes` would be over.
 */
export async function compare(
  targets: readonly Target[],
  effort: Effort & { readonly minutes: number },
  self: boolean,
  { measure, now, progress }: Measuring,
): Promise<Comparison[]> {
  const until = now() + effort.minutes * 60_000;
  const all = targets.map(
    (target): Running => ({ target, blocks: [], error: undefined, tookMs: 0 }),
  );
  async function add(peer: Peer, running: readonly Running[], rounds: number): Promise<void> {
    const began = now();
    for (let left = rounds; left > 0; left -= ROUNDS_PER_BLOCK) {
      const able = running.filter(({ error }) => error === undefined);
      const loads = able.map(({ target }) => target.load);
      if (loads.length === 0) break;
      const some = { ...effort, rounds: Math.min(left, ROUNDS_PER_BLOCK) };
      const blocks = await measure(peer, loads, some);
      able.forEach((one, index) => keep(one, blocks[index] as Block));
    }
    for (const one of running) {
      one.tookMs += (now() - began) / running.length;
      progress(conclude(one));
    }
  }
  for (const peer of new Set(targets.map((target) => target.peer)))
    await add(
      peer,
      all.filter(({ target }) => target.peer === peer),
      effort.rounds,
    );
  for (;;) {
    const open = all.filter((one) => extra(one, effort.rounds, self) > 0).sort(byMedian);
    const fitting = open.filter((one) => now() + one.tookMs <= until);
    if (fitting.length === 0) return all.map(conclude);
    for (const one of fitting)
      if (now() + one.tookMs <= until)
        await add(one.target.peer, [one], extra(one, effort.rounds, self));
  }
}

function keep(one: Running, block: Block): void {
  if (block instanceof Error) one.error = block;
  else one.blocks.push(block);
}

function extra(one: Running, first: number, self: boolean): number {
  return one.error === undefined ? moreRounds(decisive(one), first, self) : 0;
}

function byMedian(a: Running, b: Running): number {
  return decisive(a).median - decisive(b).median;
}

function decisive(one: Running): Ratio {
  return ratioBy(figureOf(one.target.load), one);
}

function ratioBy(figure: Figure, { blocks }: Running): Ratio {
  return ratioOfBlocks(
    blocks.map((block) => block.map(({ own, base }) => ratioIn(figure, own, base))),
  );
}

function conclude(one: Running): Comparison {
  const { target, error } = one;
  const entries = FIGURES.map((figure) => [figure, error ? undefined : ratioBy(figure, one)]);
  return {
    target,
    figure: figureOf(target.load),
    ratios: error ? undefined : (Object.fromEntries(entries) as Record<Figure, Ratio>),
    error,
  };
}
