import { type FinalStatus, type Status, StatusNumber } from "@tightwire/core/runtime";

// How calls finish when something other than the acceptor decides on it.

/** The acceptor may have closed the connection while it opened the call. */
export const CLOSED_MEANWHILE: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection was closed while the call was opened",
};
export const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };
export const UNREAD: FinalStatus = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "too many responses wait for this connection to read them",
  trailers: undefined,
};
