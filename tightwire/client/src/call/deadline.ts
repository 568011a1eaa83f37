import type { CallOptions, MethodDefinition } from "@tightwire/core";
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
 * The timeout of a call in milliseconds, `Infinity` for none. Unary: the call's own, else the
 * channel's, else the contract's, else 10 s. Streaming: the call's own, else the contract's, else
 * none.
 */
export function timeoutMsOf(
  { kind, policy }: MethodDefinition,
  options: CallOptions,
  channelTimeoutMs: number | undefined,
): number {
  if (kind !== "unary") return options.timeoutMs ?? policy.timeoutMs ?? Number.POSITIVE_INFINITY;
  return options.timeoutMs ?? channelTimeoutMs ?? policy.timeoutMs ?? DEFAULT_TIMEOUT_MS;
}

/** The deadline that a call inherits from the one that makes it, less the reserve of a hop. */
export function inheritedDeadline(scope: CallScope, clock: Clock): number {
  const left = timeLeftMs(scope.deadline, clock);
  return scope.hop ? scope.deadline - hopReserveMs(left) : scope.deadline;
}
