import type { Fault } from "../fault.js";
import type { DeclaredPolicy } from "./declared-policy.js";
import { type PolicyContext, reportDeclared } from "./policy-context.js";
import type { ResolvedFallback } from "./resolved-policy.js";

/** A metadata key as HTTP/2 carries it. Source: the gRPC over HTTP/2 protocol document. */
const METADATA_KEY = /^[0-9a-z_.-]+$/;

/** Reports what is wrong with a `fallback`, whatever the method. */
export function checkFallback(declared: DeclaredPolicy, faults: Fault[]): void {
  const { fallback } = declared.values;
  if (fallback === undefined) return;
  const { vary = [], ignore = [] } = fallback;
  for (const [name, keys] of Object.entries({ vary, ignore })) {
    const wrong = keys.find((key) => !METADATA_KEY.test(key));
    if (wrong !== undefined)
      reportDeclared(
        declared,
        faults,
        `\`fallback.${name}\` must name metadata keys, in lower case (has ${JSON.stringify(wrong)})`,
        `fallback.${name}`,
      );
  }
  const both = vary.find((key) => ignore.includes(key));
  if (both !== undefined)
    reportDeclared(
      declared,
      faults,
      `\`${both}\` cannot be in \`fallback.vary\` and in \`fallback.ignore\``,
      "fallback.ignore",
    );
}

/** The `fallback` of a method: its own, else its service's where it can have one. */
export function resolveFallback(context: PolicyContext): ResolvedFallback | undefined {
  const { own, service, isUnary, level } = context;
  if (!isUnary || level !== "no_side_effects") {
    if (own.fallback !== undefined)
      context.report(
        "`fallback` is for unary methods with `idempotency_level = NO_SIDE_EFFECTS`, " +
          `and this one is ${isUnary ? "not declared so" : "streaming"}`,
        "fallback",
      );
    return undefined;
  }
  const declared = own.fallback ?? service.fallback;
  if (declared === undefined) return undefined;
  return {
    vary: declared.vary ?? [],
    ignore: declared.ignore ?? [],
    shared: declared.shared ?? false,
    onDeadline: declared.onDeadline ?? false,
    singleFlight: declared.singleFlight ?? false,
    ...(declared.maxAgeMs === undefined ? {} : { maxAgeMs: declared.maxAgeMs }),
  };
}
