import type { PolicyContext } from "./policy-context.js";

/** The times of a method's calls. */
export interface ResolvedTimes {
  timeoutMs?: number;
  idleTimeoutMs?: number;
}

/** The deadline of a unary call that nothing else says. Source: policy.proto. */
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The times of a method: a service's `timeout` is for its unary methods only, its `idle_timeout`
 * for its streaming methods only.
 */
export function resolveTimes(context: PolicyContext): ResolvedTimes {
  const { own, service, isUnary } = context;
  const text = isUnary ? unaryFault(own) : streamFault(own);
  if (text !== undefined) context.report(text, "idle_timeout");
  return isUnary
    ? withTimes(own.timeoutMs ?? service.timeoutMs, undefined)
    : withTimes(own.timeoutMs, own.idleTimeoutMs ?? service.idleTimeoutMs);
}

/** How long a call may take by its contract; undefined for a stream without a limit. */
export function wholeTimeoutMs(
  { isUnary }: PolicyContext,
  times: ResolvedTimes,
): number | undefined {
  return times.timeoutMs ?? (isUnary ? DEFAULT_TIMEOUT_MS : undefined);
}

function unaryFault({ idleTimeoutMs }: ResolvedTimes): string | undefined {
  return idleTimeoutMs === undefined
    ? undefined
    : "`idle_timeout` is for streaming methods, and this method is unary; use `timeout`";
}

function streamFault({ timeoutMs, idleTimeoutMs }: ResolvedTimes): string | undefined {
  if (timeoutMs === undefined || idleTimeoutMs === undefined || idleTimeoutMs < timeoutMs)
    return undefined;
  return `\`idle_timeout\` (${idleTimeoutMs} ms) must be less than \`timeout\` (${timeoutMs} ms), or it never takes effect`;
}

function withTimes(
  timeoutMs: number | undefined,
  idleTimeoutMs: number | undefined,
): ResolvedTimes {
  const resolved: ResolvedTimes = {};
  if (timeoutMs !== undefined) resolved.timeoutMs = timeoutMs;
  if (idleTimeoutMs !== undefined) resolved.idleTimeoutMs = idleTimeoutMs;
  return resolved;
}
