import type { Round } from "./rounds.js";
import { createRandom, type Estimate, estimateMedian, median, round1 } from "./statistics.js";

/** What one peer did in one case: medians over its windows. For streams a call is a message. */
export interface CaseResult {
  readonly case: string;
  readonly peer: string;
  readonly rounds: number;
  /** How to measure it again. */
  readonly command: string;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Null when the server has no process of its own: its time is then in the client's. */
  readonly serverCpuUsPerCall: number | null;
  readonly clientCpuUsPerCall: number;
}

/**
 * A peer beside another in one case: medians of the ratios of their windows, round by round, with
 * 95 % intervals.
 */
export interface RatioResult {
  readonly case: string;
  readonly peer: string;
  readonly against: string;
  readonly rounds: number;
  /** Calls per second, the peer's by the other's: above 1 is better than the other. */
  readonly perSecond: Estimate;
  /**
   * Processor time a call of both sides, the other's by the peer's: above 1 is better than the
   * other.
   */
  readonly cpu: Estimate;
  /**
   * Half of the calls took as long at most, the peer's by the other's: below 1 is better than the
   * other.
   */
  readonly p50: Estimate;
}

/** The seed of every interval: the same samples give the same report. */
const SEED = 20_260_101;

/** The medians of every peer in the rounds. */
export function caseResults(name: string, command: string, rounds: readonly Round[]): CaseResult[] {
  const peers = [...(rounds[0]?.keys() ?? [])].sort();
  return peers.map((peer) => {
    const samples = rounds.map((round) => sampleOf(round, peer));
    const server = samples.flatMap(({ serverCpuUsPerCall }) => serverCpuUsPerCall ?? []);
    return {
      case: name,
      peer,
      rounds: rounds.length,
      command,
      perSecond: round1(median(samples.map((sample) => sample.perSecond))),
      p50Us: round1(median(samples.map((sample) => sample.p50Us))),
      p99Us: round1(median(samples.map((sample) => sample.p99Us))),
      serverCpuUsPerCall: server.length === 0 ? null : round1(median(server)),
      clientCpuUsPerCall: round1(median(samples.map((sample) => sample.clientCpuUsPerCall))),
    };
  });
}

/**
 * Every peer in the rounds beside `base`, `own` beside every other, and the pairs of which both are
 * there.
 */
export function ratioResults(
  name: string,
  base: string,
  own: string,
  pairs: readonly (readonly [peer: string, against: string])[],
  rounds: readonly Round[],
): RatioResult[] {
  const peers = [...(rounds[0]?.keys() ?? [])].sort();
  const besideBase = peers
    .filter((peer) => peer !== base)
    .map((peer) => ratioResult(name, peer, base, rounds));
  const others = peers.includes(own) ? peers.filter((peer) => peer !== base && peer !== own) : [];
  const inPairs = pairs.filter((pair) => pair.every((peer) => peers.includes(peer)));
  return [
    ...besideBase,
    ...others.map((other) => ratioResult(name, own, other, rounds)),
    ...inPairs.map(([peer, against]) => ratioResult(name, peer, against, rounds)),
  ];
}

function ratioResult(
  name: string,
  peer: string,
  against: string,
  rounds: readonly Round[],
): RatioResult {
  const windows = (one: string): Calls[] =>
    rounds.map((round) => ({
      perSecond: sampleOf(round, one).perSecond,
      p50Us: sampleOf(round, one).p50Us,
      cpuUs: cpuOf(round, one),
    }));
  return ratioOf(name, peer, against, windows(peer), windows(against));
}

/** What ratios are made of: one window of a peer. */
export interface Calls {
  readonly perSecond: number;
  readonly p50Us: number;
  /** Processor time a call. */
  readonly cpuUs: number;
}

/** A peer beside another, by their windows in the same rounds. */
export function ratioOf(
  name: string,
  peer: string,
  against: string,
  own: readonly Calls[],
  others: readonly Calls[],
): RatioResult {
  const each = (ratio: (one: Calls, other: Calls) => number): Estimate =>
    estimate(own.map((one, round) => ratio(one, others[round] as Calls)));
  return {
    case: name,
    peer,
    against,
    rounds: own.length,
    perSecond: each((one, other) => one.perSecond / other.perSecond),
    cpu: each((one, other) => other.cpuUs / one.cpuUs),
    p50: each((one, other) => one.p50Us / other.p50Us),
  };
}

function estimate(ratios: readonly number[]): Estimate {
  const { median: middle, low, high } = estimateMedian(ratios, createRandom(SEED));
  return { median: round3(middle), low: round3(low), high: round3(high) };
}

function sampleOf(round: Round, peer: string): NonNullable<ReturnType<Round["get"]>> {
  const sample = round.get(peer);
  if (sample === undefined) throw new Error(`a round has no window of ${peer}`);
  return sample;
}

function cpuOf(round: Round, peer: string): number {
  const { serverCpuUsPerCall = 0, clientCpuUsPerCall } = sampleOf(round, peer);
  return serverCpuUsPerCall + clientCpuUsPerCall;
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
