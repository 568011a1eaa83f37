import type { Clock } from "@tightwire/core/runtime";

/**
 * Makes what everything that runs by one clock shares: all connections of a process, or of a test
 * with a clock of its own. It is made when first asked for.
 */
export function perClock<T>(create: (clock: Clock) => T): (clock: Clock) => T {
  const shared = new WeakMap<Clock, { readonly value: T }>();
  return (clock) => {
    let entry = shared.get(clock);
    if (entry === undefined) {
      entry = { value: create(clock) };
      shared.set(clock, entry);
    }
    return entry.value;
  };
}
