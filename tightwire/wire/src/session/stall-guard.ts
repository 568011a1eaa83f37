import { type Status, StatusNumber } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";
import type { Session } from "./session.js";

const NOT_READ: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the peer did not read the message in time",
};

/** Resets streams whose finished message waits too long for a window, or for the socket. */
export class StallGuard {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Bytes of a call wait to be sent: looks after them from now on. */
  start(): void {
    const { limits, timers } = this.#session;
    if (!timers.has("stall")) timers.start("stall", limits.stallTimeoutMs / 4);
  }

  /** Resets what has waited too long; goes on while anything waits. */
  check(): void {
    const { clock, limits, streams } = this.#session;
    const late = clock.now() - limits.stallTimeoutMs;
    let waiting = false;
    for (const stream of streams.all()) {
      const { writer } = stream;
      if (writer.outbox === undefined) continue;
      waiting = true;
      if (!writer.ending || writer.waitsSince > late) continue;
      streams.reset(stream, ErrorCode.CANCEL);
      stream.owner.failed(NOT_READ, "unknown");
    }
    // A reset may have been the last thing that a draining connection waited for.
    if (waiting && !this.#session.closed) this.start();
  }
}
