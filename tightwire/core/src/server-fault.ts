import { createReport } from "./containment.js";
import type { Acceptor, FinalStatus, IncomingSink } from "./server-transport.js";
import type { Status } from "./status.js";
import { StatusNumber } from "./status.js";

// What transports do when the server above them throws: its call fails, and no other.

/** How such a call finishes. */
export const SERVER_FAULT: FinalStatus = {
  code: StatusNumber.INTERNAL,
  message: "internal error",
  trailers: undefined,
};

/** Reports what the server threw in a call to `path`. Never throws. */
export function reportFault(
  { report = createReport(undefined) }: Pick<Acceptor, "report">,
  thrown: unknown,
  path: string,
): void {
  report(thrown, "the server", path);
}

/** Tells a sink that its call was cancelled. What it throws is reported: false then. */
export function tellCancelled(
  acceptor: Pick<Acceptor, "report">,
  sink: IncomingSink | undefined,
  status: Status,
  path: string,
): boolean {
  try {
    sink?.cancelled(status);
    return true;
  } catch (thrown) {
    reportFault(acceptor, thrown, path);
    return false;
  }
}
