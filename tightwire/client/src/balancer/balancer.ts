import type { Clock, Random } from "@tightwire/core/runtime";

/** An endpoint that can take a call, as a balancer sees it. */
export interface Candidate {
  /** `10.0.0.1:50051` */
  readonly address: string;
  /** Attempts that were sent to it and have not finished. */
  readonly inFlight: number;
  /**
   * How long attempts of unary calls take there, in milliseconds: an average in which the latest
   * count most. A failure counts as a slow one. Undefined before the first has finished. Current
   * while {@link Balancer.pick} runs.
   */
  readonly latencyMs: number | undefined;
  /** Since when it has been ready, by the channel's clock. */
  readonly readySince: number;
}

/** Picks the endpoint of each attempt. */
export interface Balancer {
  /**
   * Returns one of the candidates. There are at least two; the array is the channel's and changes
   * from call to call. `now` is the time by the channel's clock. What it throws is reported, and
   * the first candidate is used.
   */
  pick(candidates: readonly Candidate[], now: number): Candidate;
}

/** What a balancer may use of its channel. */
export interface BalancerParts {
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes the balancer of one channel. */
export type BalancerFactory = (parts: BalancerParts) => Balancer;
