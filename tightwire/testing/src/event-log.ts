import { eventually } from "./eventually.js";

/** What happened, in order: a test compares it as a whole, or waits for an entry. */
export interface EventLog {
  /** All entries so far, the oldest first. */
  readonly entries: readonly string[];
  /** Adds an entry. */
  add(entry: string): void;
  /**
   * Resolves once `entry` was added; rejects with an Error that lists the entries when it was not
   * added in time.
   */
  until(entry: string): Promise<void>;
}

/**
 * Makes an empty {@link EventLog}. {@link EventLog.until} waits `timeoutMs` milliseconds (default
 * 5,000).
 *
 * ```ts
 * const log = createEventLog();
 * call.signal.addEventListener("abort", () => log.add("aborted"));
 * await log.until("aborted");
 * expect(log.entries).toEqual(["called", "aborted"]);
 * ```
 */
export function createEventLog(timeoutMs: number = 5_000): EventLog {
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
      }, timeoutMs),
  };
}
