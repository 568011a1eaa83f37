import type { Case } from "../cases.js";
import type { Pair, Sample } from "../pair.js";
import type { Peer } from "../peer.js";
import { type Effort, measureRounds } from "../rounds.js";
import { figureOf } from "./figure.js";
import { measureTogether } from "./together.js";

/** A window of each build in one round. */
export interface Compared {
  readonly own: Sample;
  readonly base: Sample;
}

/** The rounds of one case in one pair of processes of each build; or why there are none. */
export type Block = readonly Compared[] | Error;

/** Starts a peer of each build: this one, or the base. */
export type StartPeer = (peer: Peer, build: "own" | "base") => Promise<Pair>;

/**
 * Measures the cases of a peer with fresh processes of both builds. `turn` tells which build is
 * started first and begins: this one when even. Never rejects: what fails is in the blocks.
 */
export async function measureBlock(
  peer: Peer,
  loads: readonly Case[],
  effort: Effort,
  turn: number,
  start: StartPeer,
): Promise<Block[]> {
  const builds = turn % 2 === 0 ? (["own", "base"] as const) : (["base", "own"] as const);
  const pairs: Pair[] = [];
  try {
    for (const build of builds) pairs.push({ ...(await start(peer, build)), peer: build });
    const blocks: Block[] = [];
    for (const load of loads) blocks.push(await measureCase(pairs, load, effort).catch(asError));
    return blocks;
  } catch (error) {
    return loads.map(() => asError(error));
  } finally {
    await Promise.all(pairs.map((pair) => pair.stop()));
  }
}

async function measureCase(pairs: readonly Pair[], load: Case, effort: Effort): Promise<Block> {
  // A latency is right only when nothing else of ours runs.
  const inTurn = figureOf(load) === "p50";
  const measure: typeof measureRounds = inTurn ? measureRounds : measureTogether;
  const rounds = await measure(pairs, load, effort, () => {});
  return rounds.map((round) => ({
    own: round.get("own") as Sample,
    base: round.get("base") as Sample,
  }));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
