/**
 * A method's policy as generated code carries it: resolved (service merged with method), plain,
 * static. What is absent is not said by the contract, and the default below holds.
 */
export interface Policy {
  /** Whole-call deadline in milliseconds. Default: 10,000 for unary methods, none for streams. */
  readonly timeoutMs?: number;
  /**
   * How long a stream may go without a message either way, in milliseconds. Default 300,000. Not
   * for unary methods.
   */
  readonly idleTimeoutMs?: number;
}

/** The deadline of a unary call whose contract, channel and caller say nothing: 10 s. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** How long a stream may be silent when its contract says nothing: 5 min. */
export const DEFAULT_IDLE_TIMEOUT_MS = 300_000;
