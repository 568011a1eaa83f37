import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { Fault } from "../fault.js";
import { checkAccess, resolveAccess } from "./access.js";
import { type DeclaredPolicy, readDeclaredPolicy } from "./declared-policy.js";
import { checkFallback, resolveFallback } from "./fallback.js";
import { checkHedge, resolveHedge } from "./hedge.js";
import { resolveIdempotency } from "./idempotency.js";
import { checkLimits, resolveLimits } from "./limits.js";
import { PolicyContext } from "./policy-context.js";
import type { ResolvedPolicy } from "./resolved-policy.js";
import { checkRetry, resolveRetry } from "./retry.js";
import { resolveTimes } from "./times.js";

/** The policies of a service's methods, and the faults in them. */
export interface Policies {
  /** By the name of the method in the contract: `GetProduct`. */
  readonly policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly faults: readonly Fault[];
}

/**
 * Reads, checks and resolves the policies of a service's methods: what a method declares, completed
 * by what its service declares and by the defaults. What a service declares and a method cannot
 * have, as a timeout for a stream, is not given to it. Never throws for what a contract says.
 */
export function readPolicies(registry: Registry, service: DescService): Policies {
  const faults: Fault[] = [];
  const inherited = readDeclaredPolicy(registry, service, faults);
  checkSections(inherited, faults);
  const policies = service.methods.map((method): [string, ResolvedPolicy] => {
    const own = readDeclaredPolicy(registry, method, faults);
    checkSections(own, faults);
    return [method.name, resolvePolicy(method, own, inherited, faults)];
  });
  return { policies: new Map(policies), faults };
}

/** What can be told of each section alone, whatever the method. */
function checkSections(declared: DeclaredPolicy, faults: Fault[]): void {
  checkRetry(declared, faults);
  checkHedge(declared, faults);
  checkFallback(declared, faults);
  checkLimits(declared, faults);
  checkAccess(declared, faults);
}

function resolvePolicy(
  method: DescMethod,
  own: DeclaredPolicy,
  service: DeclaredPolicy,
  faults: Fault[],
): ResolvedPolicy {
  const context = new PolicyContext(method, own, service, faults);
  const times = resolveTimes(context);
  const idempotency = resolveIdempotency(context);
  return withoutAbsent({
    ...times,
    idempotency,
    retry: resolveRetry(context, times),
    hedge: resolveHedge(context, times, idempotency),
    fallback: resolveFallback(context),
    limits: resolveLimits(context, times),
    access: resolveAccess(context),
  });
}

function withoutAbsent(
  policy: {
    [Name in keyof ResolvedPolicy]: ResolvedPolicy[Name] | undefined;
  },
): ResolvedPolicy {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}
