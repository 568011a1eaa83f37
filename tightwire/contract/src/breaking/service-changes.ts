import type { DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import type { DeclaredError } from "../errors/declared-error.js";
import { readErrors } from "../errors/read-errors.js";
import { type IdempotencyLevel, readIdempotency } from "../idempotency/idempotency.js";
import { readPolicies } from "../policy/read-policies.js";
import type { ResolvedPolicy } from "../policy/resolved-policy.js";
import type { BreakingChange, BreakingKind } from "./breaking-change.js";

interface ServiceVersion {
  readonly registry: FileRegistry;
  readonly service: DescService;
}

/** A method at one time. */
interface MethodVersion {
  readonly method: DescMethod;
  readonly policy: ResolvedPolicy;
  readonly errors: readonly DeclaredError[];
}

/** Finds what breaks callers of a service: its methods are compared by name. */
export function compareServices(before: ServiceVersion, now: ServiceVersion): BreakingChange[] {
  const earlier = new Map(versionsOf(before).map((one) => [one.method.name, one]));
  return versionsOf(now).flatMap((one) => {
    const old = earlier.get(one.method.name);
    return old === undefined ? [] : compareMethods(old, one);
  });
}

function versionsOf({ registry, service }: ServiceVersion): MethodVersion[] {
  const { policies } = readPolicies(registry, service);
  const { errors } = readErrors(registry, service);
  return service.methods.map((method) => ({
    method,
    policy: policies.get(method.name) ?? {},
    errors: errors.get(method.name) ?? [],
  }));
}

function compareMethods(before: MethodVersion, now: MethodVersion): BreakingChange[] {
  const { method, policy } = now;
  const found: BreakingChange[] = [];
  const note = (kind: BreakingKind, text: string): void =>
    void found.push({ kind, desc: method, text });
  const shorter = (kind: BreakingKind, name: string, old?: number, current?: number): void => {
    if (current !== undefined && current < (old ?? Number.POSITIVE_INFINITY))
      note(kind, `\`${name}\` went from ${old ?? "none"} to ${current}`);
  };
  const [oldLevel, level] = [readIdempotency(before.method), readIdempotency(method)];
  if (STRENGTH[level] < STRENGTH[oldLevel])
    note("IDEMPOTENCY_LOOSENED", `idempotency went from ${oldLevel} to ${level}`);
  shorter("TIMEOUT_SHORTER", "timeout in ms", before.policy.timeoutMs, policy.timeoutMs);
  shorter(
    "IDLE_TIMEOUT_SHORTER",
    "idle_timeout in ms",
    before.policy.idleTimeoutMs,
    policy.idleTimeoutMs,
  );
  const [oldLimits, limits] = [before.policy.limits, policy.limits];
  shorter(
    "REQUEST_SIZE_LOWERED",
    "limits.max_request_bytes",
    oldLimits?.maxRequestBytes,
    limits?.maxRequestBytes,
  );
  shorter(
    "DURATION_SHORTER",
    "limits.max_duration in ms",
    oldLimits?.maxDurationMs,
    limits?.maxDurationMs,
  );
  compareAccess(before.policy, policy, note);
  compareErrors(before.errors, now.errors, note);
  return found;
}

const STRENGTH: Readonly<Record<IdempotencyLevel, number>> = {
  unknown: 0,
  idempotent: 1,
  no_side_effects: 2,
};

function compareAccess(
  { access: before }: ResolvedPolicy,
  { access: now }: ResolvedPolicy,
  note: (kind: BreakingKind, text: string) => void,
): void {
  if (now === undefined || now.anyone) return;
  if (before === undefined || before.anyone)
    return note("ACCESS_NARROWED", "who may call was not limited, and is now");
  for (const part of ["roles", "scopes"] as const) {
    const old = before[part];
    const current = now[part];
    if (old.length === 0 && current.length > 0)
      note("ACCESS_NARROWED", `\`access.${part}\` was not asked for, and is now`);
    for (const name of old)
      if (current.length > 0 && !current.includes(name))
        note("ACCESS_NARROWED", `\`access.${part}\` no longer has ${name}`);
  }
}

function compareErrors(
  before: readonly DeclaredError[],
  now: readonly DeclaredError[],
  note: (kind: BreakingKind, text: string) => void,
): void {
  for (const old of before) {
    const current = now.find(
      ({ reason, domain }) => reason === old.reason && domain === old.domain,
    );
    if (current === undefined) note("ERROR_REMOVED", `\`errors\` no longer has ${old.reason}`);
    else if (current.code !== old.code)
      note("ERROR_CHANGED", `the code of ${old.reason} went from ${old.code} to ${current.code}`);
    else if (current.detail?.typeName !== old.detail?.typeName)
      note(
        "ERROR_CHANGED",
        `the detail of ${old.reason} went from ${detailOf(old)} to ${detailOf(current)}`,
      );
  }
}

function detailOf({ detail }: DeclaredError): string {
  return detail?.typeName ?? "none";
}
