import type { RetriedCode } from "./retried-code.js";

/**
 * The resolved policy of a method: plain data, with every default that the contract knows. The same
 * fields as `Policy` of `@tightwire/core`.
 */
export interface ResolvedPolicy {
  timeoutMs?: number;
  idleTimeoutMs?: number;
  idempotency?: ResolvedIdempotency;
  retry?: ResolvedRetry;
  hedge?: ResolvedHedge;
  fallback?: ResolvedFallback;
  limits?: ResolvedLimits;
  access?: ResolvedAccess;
}

/** Why a method with effects may be repeated. */
export interface ResolvedIdempotency {
  /** The request field that tells two requests apart, as TypeScript names it. */
  key?: string;
  fill?: boolean;
  naturallyIdempotent?: boolean;
  concurrentSafe?: boolean;
}

/** How attempts are repeated. */
export interface ResolvedRetry {
  maxAttempts: number;
  attemptTimeoutMs?: number;
  codes: readonly RetriedCode[];
  initialBackoffMs: number;
  maxBackoffMs: number;
}

/** When a second attempt is made before the first has failed. */
export interface ResolvedHedge {
  /** Absent: the 95th percentile that the channel measured. */
  delayMs?: number;
  maxAttempts: number;
}

/** How the last good responses are kept and returned. */
export interface ResolvedFallback {
  vary: readonly string[];
  ignore: readonly string[];
  shared: boolean;
  onDeadline: boolean;
  singleFlight: boolean;
  maxAgeMs?: number;
}

/** What a server takes on. */
export interface ResolvedLimits {
  maxInFlight?: number;
  gradient?: { readonly min: number; readonly max: number };
  maxRequestBytes?: number;
  maxDurationMs?: number;
}

/** Who may call. */
export interface ResolvedAccess {
  roles: readonly string[];
  scopes: readonly string[];
  anyone: boolean;
}
