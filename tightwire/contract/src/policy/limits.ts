import type { Fault } from "../fault.js";
import type { DeclaredPolicy } from "./declared-policy.js";
import { type PolicyContext, reportDeclared } from "./policy-context.js";
import type { ResolvedLimits } from "./resolved-policy.js";
import type { ResolvedTimes } from "./times.js";

const DEFAULT_GRADIENT = { min: 20, max: 200 };

/** Reports what is wrong with `limits`, whatever the method. */
export function checkLimits(declared: DeclaredPolicy, faults: Fault[]): void {
  const { limits } = declared.values;
  if (limits === undefined) return;
  const report = (text: string, ...names: string[]): void =>
    reportDeclared(declared, faults, text, ...names);
  if (limits.maxInFlight === 0)
    report("`limits.max_in_flight` must be 1 or more (is 0)", "limits.max_in_flight");
  if (limits.maxRequestBytes === 0)
    report("`limits.max_request_bytes` must be 1 or more (is 0)", "limits.max_request_bytes");
  if (limits.gradient === undefined) return;
  const { min, max } = gradientOf(limits.gradient);
  if (min > max)
    report(
      `\`limits.gradient.min\` (${min}) must not be more than \`max\` (${max})`,
      "limits.gradient.min",
      "limits.gradient.max",
    );
}

/** The `limits` of a method: its own, else its service's. */
export function resolveLimits(
  context: PolicyContext,
  { timeoutMs }: ResolvedTimes,
): ResolvedLimits | undefined {
  const { own, service } = context;
  const declared = own.limits ?? service.limits;
  if (declared === undefined) return undefined;
  const { maxInFlight, gradient, maxRequestBytes, maxDurationMs } = declared;
  if (maxDurationMs !== undefined && timeoutMs !== undefined && maxDurationMs < timeoutMs)
    context.report(
      `${own.limits === undefined ? "the service's `limits.max_duration`" : "`limits.max_duration`"} ` +
        `(${maxDurationMs} ms) must not be less than \`timeout\` (${timeoutMs} ms)`,
      "limits.max_duration",
      "timeout",
    );
  const resolved: ResolvedLimits = {};
  if (maxInFlight !== undefined) resolved.maxInFlight = maxInFlight;
  if (gradient !== undefined) resolved.gradient = gradientOf(gradient);
  if (maxRequestBytes !== undefined) resolved.maxRequestBytes = maxRequestBytes;
  if (maxDurationMs !== undefined) resolved.maxDurationMs = maxDurationMs;
  return resolved;
}

function gradientOf({ min, max }: { readonly min?: number; readonly max?: number }): {
  min: number;
  max: number;
} {
  return { min: min || DEFAULT_GRADIENT.min, max: max || DEFAULT_GRADIENT.max };
}
