import type { SeededRandom } from "@tightwire/testing";
import { DEFAULT_LIMITS, type Limits } from "@tightwire/wire/internals/session/limits.js";

/** The plain application's. */
export const PLAIN_MESSAGE_BYTES: number = 4 * 1024 * 1024;

/** Limits of a session: the defaults, or some so small that inputs come to them. */
export function fuzzLimits(random: SeededRandom, seed: number): Limits {
  if (seed === 0 || random.chance(40)) return DEFAULT_LIMITS;
  return {
    ...DEFAULT_LIMITS,
    maxConcurrentStreams: 1 + random.below(4),
    maxHeaderListBytes: 300 + random.below(2_000),
    maxHeaderFields: 8 + random.below(20),
    maxHeaderBlockBytes: 500 + random.below(5_000),
    maxContinuations: 1 + random.below(4),
    maxResetsPerSecond: 2 + random.below(20),
    maxPingsPerSecond: 1 + random.below(5),
    maxSettingsPerSecond: 1 + random.below(5),
    maxEmptyDataPerSecond: 1 + random.below(5),
    maxTinyFramesPerSecond: 1 + random.below(5),
    maxHeldBytes: 1_000 + random.below(60_000),
    maxHeldBytesTotal: 2_000 + random.below(100_000),
    maxUnreadBytes: 1_000 + random.below(60_000),
    maxUnreadControlBytes: 100 + random.below(5_000),
  };
}
