import type { MethodDefinition, MethodKind, Policy, ServiceDefinition } from "@tightwire/core";
import { MisuseError } from "@tightwire/core";
import { checkTime, refuseUnknownOptions } from "@tightwire/core/runtime";
import { checkDefinition } from "../check-definition.js";

/** What a channel says of a method instead of its contract. What is absent stays as it is. */
export interface MethodPolicy {
  /** Whole-call deadline in milliseconds; `Infinity` for none. */
  readonly timeoutMs?: number;
  /**
   * How long a stream may go without a message either way, in milliseconds; `Infinity` for as long
   * as it takes. Not for unary methods.
   */
  readonly idleTimeoutMs?: number;
}

/** Overrides of one service's policies, for a channel; made by {@link overridePolicies}. */
export interface PolicyOverride {
  readonly service: string;
  /** By the path of the method. */
  readonly methods: ReadonlyMap<string, MethodPolicy>;
}

const METHOD_POLICY_NAMES: readonly (keyof MethodPolicy)[] = ["timeoutMs", "idleTimeoutMs"];

/**
 * Says for single methods what holds on a channel instead of their contract; the compiler knows the
 * names of the methods. Pass what it returns to `createChannel`, as one of `policies`. What a call
 * says itself goes first. Client side. Throws a MisuseError for a method that the service does not
 * have, an unknown option (`TW_UNKNOWN_OPTION`), or a value that is not allowed
 * (`TW_INVALID_OPTION`).
 */
export function overridePolicies<Handlers, Client>(
  definition: ServiceDefinition<Handlers, Client>,
  methods: { readonly [Method in keyof NoInfer<Client>]?: MethodPolicy },
): PolicyOverride {
  checkDefinition("overridePolicies", definition);
  const where = `overridePolicies(${definition.name})`;
  refuseUnknownOptions(where, methods, Object.keys(definition.methods));
  const byPath = new Map<string, MethodPolicy>();
  for (const [localName, policy] of Object.entries<MethodPolicy | undefined>(methods)) {
    const method = definition.methods[localName];
    if (method === undefined || policy === undefined) continue;
    checkMethodPolicy(`${where}: ${localName}`, method.kind, policy);
    byPath.set(method.path, policy);
  }
  return { service: definition.name, methods: byPath };
}

function checkMethodPolicy(where: string, kind: MethodKind, policy: MethodPolicy): void {
  refuseUnknownOptions(where, policy, METHOD_POLICY_NAMES);
  checkTime(`${where}.timeoutMs`, policy.timeoutMs);
  checkTime(`${where}.idleTimeoutMs`, policy.idleTimeoutMs);
  if (kind === "unary" && policy.idleTimeoutMs !== undefined)
    throw new MisuseError(
      "TW_INVALID_OPTION",
      `${where}.idleTimeoutMs is for streaming methods, and this one is unary`,
    );
}

/** What a channel says of the policies of all methods, and of single ones. */
export interface ChannelPolicies {
  readonly timeoutMs?: number | undefined;
  readonly idleTimeoutMs?: number | undefined;
  readonly policies?: readonly PolicyOverride[];
}

/**
 * A function that gives a method the policy that holds on a channel: what the channel says of the
 * method, else of all methods (`timeoutMs`: of unary ones), else the contract's. A method of which
 * it says nothing comes back as it is. Throws a MisuseError (`TW_INVALID_OPTION`) for what
 * {@link overridePolicies} did not make, and for a service that comes twice.
 */
export function policiesOf(
  channel: ChannelPolicies,
): (method: MethodDefinition) => MethodDefinition {
  const byPath = mergeOverrides(channel.policies ?? []);
  return (method) => {
    const own = byPath.get(method.path);
    const unary = method.kind === "unary";
    const timeoutMs = own?.timeoutMs ?? (unary ? channel.timeoutMs : undefined);
    const idleTimeoutMs = own?.idleTimeoutMs ?? (unary ? undefined : channel.idleTimeoutMs);
    if (timeoutMs === undefined && idleTimeoutMs === undefined) return method;
    const policy: Policy = {
      ...method.policy,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    };
    return { ...method, policy };
  };
}

function mergeOverrides(overrides: readonly PolicyOverride[]): Map<string, MethodPolicy> {
  const services = new Set<string>();
  const byPath = new Map<string, MethodPolicy>();
  for (const [index, override] of overrides.entries()) {
    if (!((override as PolicyOverride | undefined)?.methods instanceof Map))
      throw new MisuseError(
        "TW_INVALID_OPTION",
        `policies[${index}] must be made by overridePolicies()`,
      );
    if (services.has(override.service))
      throw new MisuseError(
        "TW_INVALID_OPTION",
        `policies[${index}] is of ${override.service} again: say all of a service in one`,
      );
    services.add(override.service);
    for (const [path, policy] of override.methods) byPath.set(path, policy);
  }
  return byPath;
}
