import { type Clock, type Status, StatusNumber } from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";
import type { Account } from "./account.js";
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
  readonly account: Account;
  readonly closed: boolean;
}

/**
 * Resets streams whose messages wait too long for a window, or for the socket, without a byte being
 * sent: those that are finished, and the others while much is held. A stream that goes on may have
 * a slow reader by design; its method's idle timeout ends it.
 */
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
    const { account, clock, limits, streams } = this.#session;
    const late = clock.now() - limits.stallTimeoutMs;
    let waiting = false;
    for (const stream of streams.all()) {
      const { writer } = stream;
      if (writer.outbox === undefined) continue;
      waiting = true;
      if (writer.waitsSince > late || (!writer.ending && !account.hoards)) continue;
      account.acted("stallTimeoutMs", "a call was reset");
      streams.reset(stream, ErrorCode.CANCEL);
      stream.owner.failed(NOT_READ, "unknown");
    }
    // A reset may have been the last thing that a draining connection waited for.
    if (waiting && !this.#session.closed) this.start();
  }
}
