import type { StatusCode } from "./status.js";

/**
 * A method's policy as generated code carries it: resolved (service merged with method), plain,
 * static. What is absent is not said by the contract, and the default below holds. The fields are
 * documented in `tightwire/policy/v1/policy.proto`.
 */
export interface Policy {
  /** Whole-call deadline in milliseconds. Default: 10,000 for unary methods, none for streams. */
  readonly timeoutMs?: number;
  /**
   * How long a stream may go without a message either way, in milliseconds. Default 300,000. Not
   * for unary methods.
   */
  readonly idleTimeoutMs?: number;
  /** Why the method may be repeated though it has effects. */
  readonly idempotency?: IdempotencyPolicy;
  /** How attempts are repeated. Default: not at all. */
  readonly retry?: RetryPolicy;
  /** When a second attempt is made before the first has failed. Default: never. */
  readonly hedge?: HedgePolicy;
  /** How the last good responses are kept and returned. Default: not at all. */
  readonly fallback?: FallbackPolicy;
  /** What the server takes on. Default: what its options say. */
  readonly limits?: LimitsPolicy;
  /** Who may call. Default: nobody on a secured server, anybody on another. */
  readonly access?: AccessPolicy;
}

/** Why a method with effects may be repeated: it has a `key`, or is naturally idempotent. */
export interface IdempotencyPolicy {
  /** The request field that tells two requests apart. */
  readonly key?: string;
  /** Whether the client fills an empty key. Default: false. */
  readonly fill?: boolean;
  /** Whether doing it twice is the same as doing it once. Default: false. */
  readonly naturallyIdempotent?: boolean;
  /** Whether two attempts may run at the same time. Default: false. */
  readonly concurrentSafe?: boolean;
}

/** How attempts are repeated. */
export interface RetryPolicy {
  /** Attempts in all, the first included: 2 to 5. */
  readonly maxAttempts: number;
  /** How long one attempt may take, in milliseconds. Default: what is left of the call's time. */
  readonly attemptTimeoutMs?: number;
  /** What is retried. */
  readonly codes: readonly StatusCode[];
  /** The longest wait before the second attempt, in milliseconds; doubled with each further one. */
  readonly initialBackoffMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxBackoffMs: number;
}

/** When a second attempt is made before the first has failed. */
export interface HedgePolicy {
  /** After so many milliseconds. Default: the 95th percentile that the channel measured. */
  readonly delayMs?: number;
  /** Attempts in all, the first included: 2 or 3. */
  readonly maxAttempts: number;
}

/** How the last good responses are kept and returned. */
export interface FallbackPolicy {
  /** Metadata keys that change the response. */
  readonly vary: readonly string[];
  /** Metadata keys that do not. */
  readonly ignore: readonly string[];
  /** Whether callers with credentials of their own share a response. */
  readonly shared: boolean;
  /** Whether one is returned when the deadline passed, too. */
  readonly onDeadline: boolean;
  /** Whether calls with the same key at the same time become one. */
  readonly singleFlight: boolean;
  /** How old one may be, in milliseconds. Default: of any age. */
  readonly maxAgeMs?: number;
}

/** What a server takes on for a method. */
export interface LimitsPolicy {
  /** Calls in flight. Default: no limit, or `gradient`. */
  readonly maxInFlight?: number;
  /** As many calls in flight as keep the latency near its best, from `min` to `max`. */
  readonly gradient?: { readonly min: number; readonly max: number };
  /** The largest request message, in bytes. Default: the server's `maxMessageBytes`. */
  readonly maxRequestBytes?: number;
  /**
   * How long a call may run, in milliseconds, whatever deadline its caller set. Default: twice
   * `timeoutMs` for unary methods, none for streams.
   */
  readonly maxDurationMs?: number;
}

/** Who may call: whoever has one of the roles and one of the scopes. */
export interface AccessPolicy {
  /** Empty: any role. */
  readonly roles: readonly string[];
  /** Empty: any scope. */
  readonly scopes: readonly string[];
  /** Whether anybody may call. */
  readonly anyone: boolean;
}

/** The deadline of a unary call whose contract, channel and caller say nothing: 10 s. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** How long a stream may be silent when its contract says nothing: 5 min. */
export const DEFAULT_IDLE_TIMEOUT_MS = 300_000;
