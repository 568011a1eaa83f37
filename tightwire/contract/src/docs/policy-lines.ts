import type { ResolvedPolicy } from "../policy/resolved-policy.js";

/** A method's policy in sentences, one for each part that it has. */
export function describePolicy(policy: ResolvedPolicy): string[] {
  return [
    ...describeTimes(policy),
    ...describeIdempotency(policy),
    ...describeAttempts(policy),
    ...describeFallback(policy),
    ...describeLimits(policy),
    ...describeAccess(policy),
  ];
}

function describeTimes({ timeoutMs, idleTimeoutMs }: ResolvedPolicy): string[] {
  return [
    ...(timeoutMs === undefined ? [] : [`Timeout: ${seconds(timeoutMs)}.`]),
    ...(idleTimeoutMs === undefined
      ? []
      : [`Idle timeout: ${seconds(idleTimeoutMs)} without a message either way.`]),
  ];
}

function describeIdempotency({ idempotency }: ResolvedPolicy): string[] {
  if (idempotency === undefined) return [];
  const { key, fill, concurrentSafe } = idempotency;
  const filled = fill === true ? ", which the client fills when it is empty" : "";
  const why = key === undefined ? "by its nature" : `by the field \`${key}\`${filled}`;
  const safe = concurrentSafe === true ? " It may run twice at the same time." : "";
  return [`Idempotent ${why}.${safe}`];
}

function describeAttempts({ retry, hedge }: ResolvedPolicy): string[] {
  const lines: string[] = [];
  if (retry !== undefined) {
    const { maxAttempts, attemptTimeoutMs, codes } = retry;
    const each =
      attemptTimeoutMs === undefined ? "" : `, each of ${seconds(attemptTimeoutMs)} at most`;
    lines.push(`Retried on ${codes.join(", ").toUpperCase()}: ${maxAttempts} attempts${each}.`);
  }
  if (hedge !== undefined) {
    const after = hedge.delayMs === undefined ? "the measured p95" : seconds(hedge.delayMs);
    lines.push(`Hedged after ${after}: ${hedge.maxAttempts} attempts.`);
  }
  return lines;
}

function describeFallback({ fallback }: ResolvedPolicy): string[] {
  if (fallback === undefined) return [];
  const age = fallback.maxAgeMs === undefined ? "" : `, at most ${seconds(fallback.maxAgeMs)} old`;
  return [`Without an endpoint that answers: the last good response${age}, marked stale.`];
}

function describeLimits({ limits }: ResolvedPolicy): string[] {
  if (limits === undefined) return [];
  const { maxInFlight, gradient, maxRequestBytes, maxDurationMs } = limits;
  return [
    ...(maxInFlight === undefined ? [] : [`At most ${maxInFlight} calls in flight.`]),
    ...(gradient === undefined
      ? []
      : [`Calls in flight are limited by latency: ${gradient.min} to ${gradient.max}.`]),
    ...(maxRequestBytes === undefined ? [] : [`Requests of at most ${maxRequestBytes} bytes.`]),
    ...(maxDurationMs === undefined
      ? []
      : [`The server ends a call after ${seconds(maxDurationMs)}.`]),
  ];
}

function describeAccess({ access }: ResolvedPolicy): string[] {
  if (access === undefined) return [];
  if (access.anyone) return ["Access: anyone."];
  const roles = access.roles.length === 0 ? [] : [`the role ${access.roles.join(" or ")}`];
  const scopes = access.scopes.length === 0 ? [] : [`the scope ${access.scopes.join(" or ")}`];
  return [`Access: ${[...roles, ...scopes].join(" and ")}.`];
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
