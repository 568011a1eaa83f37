import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import { createFault, type Fault } from "../fault.js";
import { type DeclaredPolicy, readDeclaredPolicy } from "./declared-policy.js";

/** The resolved policy of a method; the same fields as `Policy` of `@tightwire/core`. */
export interface ResolvedPolicy {
  timeoutMs?: number;
  idleTimeoutMs?: number;
}

/** The policies of a service's methods, and the faults in them. */
export interface Policies {
  /** By the name of the method in the contract: `GetProduct`. */
  readonly policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly faults: readonly Fault[];
}

/**
 * Reads, checks and resolves the policies of a service's methods: what a method declares, completed
 * by what its service declares. A service's `timeout` applies to its unary methods only, its
 * `idle_timeout` to its streaming methods only. Never throws for what a contract says.
 */
export function readPolicies(registry: Registry, service: DescService): Policies {
  const faults: Fault[] = [];
  const inherited = readDeclaredPolicy(registry, service, faults);
  const policies = service.methods.map((method): [string, ResolvedPolicy] => [
    method.name,
    resolvePolicy(method, readDeclaredPolicy(registry, method, faults), inherited, faults),
  ]);
  return { policies: new Map(policies), faults };
}

function resolvePolicy(
  method: DescMethod,
  own: DeclaredPolicy,
  service: DeclaredPolicy,
  faults: Fault[],
): ResolvedPolicy {
  const unary = method.methodKind === "unary";
  const text = unary ? unaryFault(own) : streamFault(own);
  if (text !== undefined)
    faults.push(createFault(method, own.places.get("idle_timeout") ?? [], text));
  return unary
    ? withTimes(own.timeoutMs ?? service.timeoutMs, undefined)
    : withTimes(own.timeoutMs, own.idleTimeoutMs ?? service.idleTimeoutMs);
}

function unaryFault({ idleTimeoutMs }: DeclaredPolicy): string | undefined {
  return idleTimeoutMs === undefined
    ? undefined
    : "`idle_timeout` is for streaming methods, and this method is unary; use `timeout`";
}

function streamFault({ timeoutMs, idleTimeoutMs }: DeclaredPolicy): string | undefined {
  if (timeoutMs === undefined || idleTimeoutMs === undefined || idleTimeoutMs < timeoutMs)
    return undefined;
  return `\`idle_timeout\` (${idleTimeoutMs} ms) must be less than \`timeout\` (${timeoutMs} ms), or it never takes effect`;
}

function withTimes(
  timeoutMs: number | undefined,
  idleTimeoutMs: number | undefined,
): ResolvedPolicy {
  const resolved: ResolvedPolicy = {};
  if (timeoutMs !== undefined) resolved.timeoutMs = timeoutMs;
  if (idleTimeoutMs !== undefined) resolved.idleTimeoutMs = idleTimeoutMs;
  return resolved;
}
