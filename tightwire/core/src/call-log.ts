import { describeError } from "./error-description.js";
import type { Logger } from "./logger.js";
import type { CallObserver, ObservedCall, Observer } from "./observer.js";
import { StatusNumber, statusName } from "./status.js";

/**
 * An observer that logs, on either side: one line when a call has finished ("call"), and one line
 * for an unexpected error ("handler failed"). No message bodies, no metadata; the status message as
 * it is. Levels: OK and the caller's own faults `info`, other statuses `warn`, unexpected errors
 * `error`.
 */
export function createCallLog(logger: Logger): Observer {
  return { started: (call) => new LoggedCall(logger, call) };
}

const OWN_FAULTS: ReadonlySet<number> = new Set([
  StatusNumber.UNKNOWN,
  StatusNumber.DEADLINE_EXCEEDED,
  StatusNumber.RESOURCE_EXHAUSTED,
  StatusNumber.UNIMPLEMENTED,
  StatusNumber.INTERNAL,
  StatusNumber.UNAVAILABLE,
  StatusNumber.DATA_LOSS,
]);

class LoggedCall implements CallObserver {
  #sent = 0;
  #received = 0;
  readonly #logger: Logger;
  readonly #call: ObservedCall;

  constructor(logger: Logger, call: ObservedCall) {
    this.#logger = logger;
    this.#call = call;
  }

  message(direction: "sent" | "received"): void {
    if (direction === "sent") this.#sent++;
    else this.#received++;
  }

  failed(error: unknown, errorId: string, redact: (text: string) => string): void {
    return this.#logger.error(
      { method: this.#call.path, errorId, err: describeError(error, redact) },
      "handler failed",
    );
  }

  finished(end: {
    code: number;
    message: string;
    durationMs: number;
    origin: string;
    endpoint?: string | undefined;
    attempts?: number;
  }): void {
    const { side, path, peer, identity } = this.#call;
    const fields = {
      side,
      method: path,
      code: statusName(end.code),
      durationMs: Math.round(end.durationMs * 1000) / 1000,
      peer,
      ...(identity === undefined ? {} : { identity }),
      ...(end.endpoint === undefined ? {} : { endpoint: end.endpoint }),
      ...(end.attempts === undefined || end.attempts === 1 ? {} : { attempts: end.attempts }),
      sent: this.#sent,
      received: this.#received,
      ...(end.code === StatusNumber.OK ? {} : { message: end.message, origin: end.origin }),
    };
    // What a logger returns may be a promise that rejects; who calls this observer hears of it.
    return OWN_FAULTS.has(end.code)
      ? this.#logger.warn(fields, "call")
      : this.#logger.info(fields, "call");
  }
}
