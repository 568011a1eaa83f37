import type { Status } from "./status.js";
import { StatusNumber } from "./status.js";

// How every transport of a server finishes calls that their handler does not finish.

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

/** The caller's deadline passed. */
export const DEADLINE_PASSED: Status = {
  code: StatusNumber.DEADLINE_EXCEEDED,
  message: "the deadline of the call passed",
};
