import type { Random } from "@tightwire/core/runtime";

/** Numbers that depend on a seed alone, for {@link Random} and for tests. */
export interface SeededRandom extends Random {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  /** One of `from`, which must not be empty. */
  pick<T>(from: readonly T[]): T;
  /** So many random bytes. */
  bytes(count: number): Buffer;
  /** A size from 0 to `max`: three times in four at most 64. */
  size(max: number): number;
}

/**
 * A generator with 32 bits of state (mulberry32): the same seed gives the same numbers on every
 * machine. Not for secrets. Give it to a server and to a channel, and print the seed when a test
 * fails.
 *
 * ```ts
 * const channel = createChannel("dns:///catalog:50051", { random: createRandom(7) });
 * ```
 */
export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  function next32(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const next = (): number => next32() / 0x1_0000_0000;
  const below = (limit: number): number => Math.floor(next() * limit);
  function bytes(count: number): Buffer {
    const made = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at++) made[at] = next32();
    return made;
  }
  return {
    next,
    hex: (count) => bytes(count).toString("hex"),
    below,
    chance: (percent) => below(100) < percent,
    pick: (from) => from[below(from.length)] as never,
    bytes,
    size: (max) => below(below(4) === 0 ? max + 1 : Math.min(max, 64) + 1),
  };
}

/** A seed out of two: of a run and a number in it, or of an input and a call of it. */
export function mixSeeds(seed: number, number: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0;
}
