import { vi } from "vitest";

/** What happened, in order: tests compare it as a whole, or wait for an entry. */
export interface EventLog {
  readonly entries: readonly string[];
  add(entry: string): void;
  /**
   * Resolves once `entry` is there; rejects with what was there instead when the log's patience is
   * over.
   */
  until(entry: string): Promise<void>;
}

/** Makes an empty {@link EventLog} that waits so long for an entry, in milliseconds. */
export function createEventLog(patienceMs = 5_000): EventLog {
  const entries: string[] = [];
  return {
    entries,
    add: (entry) => void entries.push(entry),
    until: (entry) =>
      eventually(() => {
        if (!entries.includes(entry))
          throw new Error(
            `${JSON.stringify(entry)} did not happen; ${JSON.stringify(entries)} did`,
          );
      }, patienceMs),
  };
}

/**
 * Calls `check` until it neither throws nor rejects, and gives its result; after five seconds (or
 * `timeoutMs`) it throws what `check` threw last.
 */
export function eventually<T>(check: () => T | Promise<T>, timeoutMs = 5_000): Promise<T> {
  return vi.waitFor(check, { interval: 2, timeout: timeoutMs });
}
