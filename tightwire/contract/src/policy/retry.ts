import type { Fault } from "../fault.js";
import type { DeclaredPolicy, DeclaredRetry } from "./declared-policy.js";
import { type PolicyContext, reportDeclared } from "./policy-context.js";
import type { ResolvedRetry } from "./resolved-policy.js";
import { isRetriedCode } from "./retried-code.js";
import { type ResolvedTimes, wholeTimeoutMs } from "./times.js";

const FEWEST_ATTEMPTS = 2;
const MOST_ATTEMPTS = 5;
const DEFAULT_ATTEMPTS = 3;
const DEFAULT_INITIAL_BACKOFF_MS = 50;
const DEFAULT_MAX_BACKOFF_MS = 1_000;

/** Reports what is wrong with a `retry`, whatever the method. */
export function checkRetry(declared: DeclaredPolicy, faults: Fault[]): void {
  const { retry } = declared.values;
  if (retry === undefined) return;
  const report = (text: string, ...names: string[]): void =>
    reportDeclared(declared, faults, text, ...names);
  const { maxAttempts, initialBackoffMs, maxBackoffMs } = resolve(retry);
  if (maxAttempts < FEWEST_ATTEMPTS || maxAttempts > MOST_ATTEMPTS)
    report(
      `\`retry.max_attempts\` must be ${FEWEST_ATTEMPTS} to ${MOST_ATTEMPTS} (is ${maxAttempts})`,
      "retry.max_attempts",
    );
  const code = retry.codes?.find((one) => !isRetriedCode(one));
  if (code !== undefined)
    report(
      `\`retry.codes\` must not have ${code.toUpperCase()}, which another attempt does not mend`,
      "retry.codes",
    );
  if (maxBackoffMs < initialBackoffMs)
    report(
      `\`retry.max_backoff\` (${maxBackoffMs} ms) must be at least \`initial_backoff\` (${initialBackoffMs} ms)`,
      "retry.max_backoff",
      "retry.initial_backoff",
    );
}

/** The `retry` of a method: its own, else its service's where it can have one. */
export function resolveRetry(
  context: PolicyContext,
  times: ResolvedTimes,
): ResolvedRetry | undefined {
  const { own, service } = context;
  const unfit = unfitness(context);
  if (unfit !== undefined) {
    if (own.retry !== undefined) context.report(unfit, "retry");
    return undefined;
  }
  const declared = own.retry ?? service.retry;
  if (declared === undefined) return undefined;
  const retry = resolve(declared);
  const wholeMs = wholeTimeoutMs(context, times);
  const neededMs = longestMs(retry);
  if (neededMs !== undefined && wholeMs !== undefined && neededMs > wholeMs)
    context.report(
      `${own.retry === undefined ? "the service's `retry`" : "`retry`"} does not fit into \`timeout\`: ` +
        `${retry.maxAttempts} attempts of ${retry.attemptTimeoutMs} ms and the waits between them ` +
        `take up to ${neededMs} ms, and the call has ${wholeMs} ms`,
      "retry.attempt_timeout",
      "retry",
      "timeout",
    );
  return retry;
}

function unfitness({ method, isRepeatable }: PolicyContext): string | undefined {
  if (method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming")
    return "`retry` is for methods with one request, and this one takes a stream, which cannot be sent again";
  if (!isRepeatable)
    return "`retry` is for methods that may be repeated; declare `idempotency_level` NO_SIDE_EFFECTS or IDEMPOTENT";
  return undefined;
}

function resolve(declared: DeclaredRetry): ResolvedRetry {
  const { maxAttempts, attemptTimeoutMs, codes, initialBackoffMs, maxBackoffMs } = declared;
  return {
    maxAttempts: maxAttempts || DEFAULT_ATTEMPTS,
    ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }),
    codes:
      codes === undefined || codes.length === 0 ? ["unavailable"] : codes.filter(isRetriedCode),
    initialBackoffMs: initialBackoffMs ?? DEFAULT_INITIAL_BACKOFF_MS,
    maxBackoffMs: maxBackoffMs ?? Math.max(DEFAULT_MAX_BACKOFF_MS, initialBackoffMs ?? 0),
  };
}

/** How long all attempts take, with the longest waits between them. */
function longestMs(retry: ResolvedRetry): number | undefined {
  const { maxAttempts, attemptTimeoutMs, initialBackoffMs, maxBackoffMs } = retry;
  if (attemptTimeoutMs === undefined) return undefined;
  let waitsMs = 0;
  for (let wait = 0; wait < maxAttempts - 1; wait++)
    waitsMs += Math.min(initialBackoffMs * 2 ** wait, maxBackoffMs);
  return maxAttempts * attemptTimeoutMs + waitsMs;
}
