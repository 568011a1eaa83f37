import { type Status, StatusNumber } from "@tightwire/core/runtime";

// The statuses of calls that something other than their handler finishes.

export const OK: Status = { code: StatusNumber.OK, message: "" };

/** The server stops and takes no more calls. */
export const SHUTTING_DOWN: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the server is shutting down",
};

/** The caller cancelled the call, or its connection closed. */
export const CALLER_CANCELLED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller cancelled the call or disconnected",
};

/** The server's own code threw. */
export const SERVER_FAULT: Status = { code: StatusNumber.INTERNAL, message: "internal error" };

/** The caller's deadline passed. */
export const DEADLINE_PASSED: Status = {
  code: StatusNumber.DEADLINE_EXCEEDED,
  message: "the deadline of the call passed",
};

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
