import type { Fault } from "../fault.js";
import type { DeclaredPolicy } from "./declared-policy.js";
import { type PolicyContext, reportDeclared } from "./policy-context.js";
import type { ResolvedHedge, ResolvedIdempotency } from "./resolved-policy.js";
import { type ResolvedTimes, wholeTimeoutMs } from "./times.js";

const FEWEST_ATTEMPTS = 2;
const MOST_ATTEMPTS = 3;

/** Reports what is wrong with a `hedge`, whatever the method. */
export function checkHedge(declared: DeclaredPolicy, faults: Fault[]): void {
  const attempts = declared.values.hedge?.maxAttempts || FEWEST_ATTEMPTS;
  if (attempts >= FEWEST_ATTEMPTS && attempts <= MOST_ATTEMPTS) return;
  reportDeclared(
    declared,
    faults,
    `\`hedge.max_attempts\` must be ${FEWEST_ATTEMPTS} or ${MOST_ATTEMPTS} (is ${attempts})`,
    "hedge.max_attempts",
  );
}

/** The `hedge` of a method: its own, else its service's where it can have one. */
export function resolveHedge(
  context: PolicyContext,
  times: ResolvedTimes,
  idempotency: ResolvedIdempotency | undefined,
): ResolvedHedge | undefined {
  const { own, service } = context;
  const unfit = unfitness(context, idempotency);
  if (unfit !== undefined) {
    if (own.hedge !== undefined) context.report(unfit, "hedge");
    return undefined;
  }
  const declared = own.hedge ?? service.hedge;
  if (declared === undefined) return undefined;
  const { delayMs, maxAttempts } = declared;
  const wholeMs = wholeTimeoutMs(context, times);
  if (delayMs !== undefined && wholeMs !== undefined && delayMs >= wholeMs)
    context.report(
      `${own.hedge === undefined ? "the delay of the service's `hedge`" : "`hedge.delay`"} (${delayMs} ms) ` +
        `must be less than \`timeout\` (${wholeMs} ms), or it never takes effect`,
      "hedge.delay",
      "timeout",
    );
  return {
    ...(delayMs === undefined ? {} : { delayMs }),
    maxAttempts: maxAttempts || FEWEST_ATTEMPTS,
  };
}

function unfitness(
  { isUnary, level }: PolicyContext,
  idempotency: ResolvedIdempotency | undefined,
): string | undefined {
  if (!isUnary) return "`hedge` is for unary methods";
  if (level === "no_side_effects" || (level === "idempotent" && idempotency?.concurrentSafe))
    return undefined;
  return (
    "`hedge` is for methods that may run twice at the same time: with `idempotency_level` " +
    "NO_SIDE_EFFECTS, or IDEMPOTENT and `idempotency.concurrent_safe`"
  );
}
