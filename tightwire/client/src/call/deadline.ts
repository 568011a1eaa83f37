import type { CallOptions, MethodDefinition, MethodKind } from "@tightwire/core";
import {
  type CallScope,
  type Clock,
  DEFAULT_TIMEOUT_MS,
  hopReserveMs,
  type Status,
  StatusNumber,
  timeLeftMs,
} from "@tightwire/core/runtime";

/** How a call finishes that has no time left when it starts. */
export const NO_TIME_LEFT: Status = {
  code: StatusNumber.DEADLINE_EXCEEDED,
  message: "no time was left to make the call",
};

/** How a call finishes whose deadline passes while it waits for `awaited`. */
export function deadlinePassed(waitedMs: number, awaited: string): Status {
  return {
    code: StatusNumber.DEADLINE_EXCEEDED,
    message: `the deadline passed after ${Math.round(waitedMs)} ms of waiting for ${awaited}`,
  };
}

/**
 * The timeout of a call in milliseconds, `Infinity` for none: the call's own, else the policy's on
 * its channel, else 10 s for a unary call and none for a stream.
 */
export function timeoutMsOf({ kind, policy }: MethodDefinition, options: CallOptions): number {
  return options.timeoutMs ?? policy.timeoutMs ?? defaultTimeoutMs(kind);
}

function defaultTimeoutMs(kind: MethodKind): number {
  return kind === "unary" ? DEFAULT_TIMEOUT_MS : Number.POSITIVE_INFINITY;
}

/** The deadline that a call inherits from the one that makes it, less the reserve of a hop. */
export function inheritedDeadline(scope: CallScope, clock: Clock): number {
  const left = timeLeftMs(scope.deadline, clock);
  return scope.hop ? scope.deadline - hopReserveMs(left) : scope.deadline;
}
