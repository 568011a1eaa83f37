import type { DescMethod } from "@bufbuild/protobuf";
import { createFault, formatFault, type ResolvedPolicy } from "@tightwire/contract";

/**
 * Says which parts of a method's policy this version carries but does not keep yet, in one line
 * that begins with its place; undefined when it keeps all.
 */
export function noteUnenforced(method: DescMethod, policy: ResolvedPolicy): string | undefined {
  const parts = unenforcedParts(policy);
  if (parts.length === 0) return undefined;
  const names = parts.map((part) => `\`${part}\``).join(", ");
  return formatFault(
    createFault(method, [], `${names} ${parts.length === 1 ? "is" : "are"} not enforced yet`),
  );
}

function unenforcedParts(policy: ResolvedPolicy): string[] {
  const { idempotency, retry, hedge, fallback, limits, access } = policy;
  const parts: readonly (readonly [string, unknown])[] = [
    ["idempotency.fill", idempotency?.fill],
    ["retry", retry],
    ["hedge", hedge],
    ["fallback", fallback],
    ["limits.max_in_flight", limits?.maxInFlight],
    ["limits.gradient", limits?.gradient],
    ["access", access],
  ];
  return parts.filter(([, value]) => value !== undefined).map(([name]) => name);
}
