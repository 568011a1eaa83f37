import type { Metadata } from "./metadata.js";
import type { Outcome, Status } from "./status.js";
import { StatusNumber } from "./status.js";
import type { Completion } from "./transport.js";

/** How a call finishes whose response is OK, with nothing more to say. */
export const RESPONDED_OK: Completion = Object.freeze({
  code: StatusNumber.OK,
  message: "",
  headers: undefined,
  trailers: undefined,
  outcome: "responded",
  origin: "peer",
});

/** How a call finishes that this side finishes. `trailers` hold the details of its error. */
export function localCompletion(
  { code, message }: Status,
  outcome: Outcome,
  trailers?: Metadata,
): Completion {
  return { code, message, headers: undefined, trailers, outcome, origin: "local" };
}
