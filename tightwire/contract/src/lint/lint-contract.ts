import type { DescFile, DescMessage, DescMethod, FileRegistry } from "@bufbuild/protobuf";
import { findErrorEnumFaults, readErrors } from "../errors/read-errors.js";
import { createFault, type Fault } from "../fault.js";
import { readIdempotency } from "../idempotency/idempotency.js";
import { readPolicies } from "../policy/read-policies.js";
import type { ResolvedPolicy } from "../policy/resolved-policy.js";
import { readRoutes } from "../routes/read-routes.js";
import { readMessageRules } from "../validation/message-rules.js";
import { findUnsafePatterns } from "../validation/unsafe-patterns.js";
import { withNested } from "../with-nested.js";

/**
 * Finds everything that is wrong with the options of these files: what generation refuses, and what
 * it lets pass but no contract should have. By file and line.
 */
export function lintContract(registry: FileRegistry, files: readonly DescFile[]): Fault[] {
  const services = files.flatMap((file) => file.services);
  const faults = [
    ...readRoutes(registry, services).faults,
    ...findErrorEnumFaults(registry, files),
    ...files
      .flatMap(({ messages }) => messages.flatMap(withNested))
      .flatMap((one) => lintMessage(registry, one)),
  ];
  for (const service of services) {
    const { policies, faults: policyFaults } = readPolicies(registry, service);
    faults.push(...policyFaults, ...readErrors(registry, service).faults);
    for (const method of service.methods)
      faults.push(...lintMethod(method, policies.get(method.name) ?? {}));
  }
  return faults.sort(byPlace);
}

function lintMessage(registry: FileRegistry, message: DescMessage): Fault[] {
  const faults: Fault[] = [];
  const rules = readMessageRules(registry, message, faults);
  return [...faults, ...findUnsafePatterns(rules)];
}

function lintMethod(method: DescMethod, policy: ResolvedPolicy): Fault[] {
  const faults: Fault[] = [];
  if (method.methodKind === "unary" && policy.timeoutMs === undefined)
    faults.push(
      createFault(
        method,
        [],
        "has no `timeout`, and its service has none; say how long a caller waits",
      ),
    );
  if (readIdempotency(method) === "idempotent" && policy.idempotency === undefined)
    faults.push(
      createFault(
        method,
        [],
        "is IDEMPOTENT without `idempotency`; say why it may be repeated: by a `key` of the request, " +
          "or because it is `naturally_idempotent`",
      ),
    );
  return faults;
}

function byPlace(a: Fault, b: Fault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
