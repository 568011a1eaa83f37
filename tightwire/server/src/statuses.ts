import { type Status, StatusNumber } from "@tightwire/core/runtime";

// The statuses of calls that something other than their handler finishes.

export const OK: Status = { code: StatusNumber.OK, message: "" };

/** The call took longer than the server allows, whatever its caller's deadline. */
export function ownLimitPassed(limitMs: number): Status {
  return {
    code: StatusNumber.DEADLINE_EXCEEDED,
    message: `the server's own limit of ${limitMs} ms for this method passed`,
  };
}

/** Neither side of a stream sent a message for its idle timeout. */
export function idleTimeoutPassed(idleTimeoutMs: number): Status {
  return {
    code: StatusNumber.DEADLINE_EXCEEDED,
    message: `no message in either direction for ${idleTimeoutMs} ms, the idle timeout`,
  };
}
