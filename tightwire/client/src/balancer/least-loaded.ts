import type { BalancerFactory, Candidate } from "./balancer.js";

/** For so long an endpoint that became ready gets less than its share: it has caches to fill. */
const RAMP_MS = 10_000;
/** At the beginning of the ramp its load counts so many times. */
const RAMP_FACTOR = 10;
/**
 * Latencies that differ by no more than this factor are taken for equal. Otherwise the fastest of
 * several equal endpoints, by chance, would get all calls while few are in flight.
 */
const EQUAL_FACTOR = 1.5;

/**
 * Of two endpoints that chance picks, that with less load: calls in flight, times how long calls
 * take. Two are enough to keep the longest queue short, and leave no endpoint that all clients rush
 * to at once. Source: Mitzenmacher, The power of two choices in randomized load balancing (2001).
 */
export const leastLoaded: BalancerFactory = ({ random }) => ({
  pick(candidates, now) {
    const { length } = candidates;
    const first = Math.floor(random.next() * length);
    const step = 1 + Math.floor(random.next() * (length - 1));
    const one = candidates[first] as Candidate;
    const other = candidates[(first + step) % length] as Candidate;
    const ratio = latencyRatio(one, other);
    return queue(one, now) * ratio <= queue(other, now) ? one : other;
  },
});

/** Calls in flight with the next one; more while the endpoint is fresh. */
function queue({ inFlight, readySince }: Candidate, now: number): number {
  const age = now - readySince;
  const ramp = age >= RAMP_MS ? 1 : RAMP_FACTOR - ((RAMP_FACTOR - 1) * age) / RAMP_MS;
  return (inFlight + 1) * ramp;
}

/** How many times as long calls to one take as calls to the other. */
function latencyRatio(one: Candidate, other: Candidate): number {
  const [first, second] = [one.latencyMs, other.latencyMs];
  if (first === undefined || second === undefined) return 1;
  const ratio = first / second;
  return ratio <= EQUAL_FACTOR && ratio >= 1 / EQUAL_FACTOR ? 1 : ratio;
}
