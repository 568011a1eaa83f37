import { type Clock, type Status, StatusNumber } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";
import type { ConnectionTimers } from "./connection-timers.js";
import type { Limits } from "./limits.js";
import type { OpenStreams } from "./open-streams.js";

const NOT_READ: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the peer did not read the message in time",
};

/** What the guard looks at. */
export interface StalledSession {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly streams: OpenStreams;
  readonly timers: ConnectionTimers;
  readonly closed: boolean;
}

/** Resets streams whose finished message waits too long for a window, or for the socket. */
export class StallGuard {
  readonly #session: StalledSession;

  constructor(session: StalledSession) {
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
