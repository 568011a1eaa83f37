import { ErrorCode } from "../frames/protocol.js";
import type { ByteTransport } from "./byte-transport.js";
import type { TimerName } from "./connection-timers.js";
import type { Keepalive } from "./keepalive.js";
import type { LimitName } from "./limits.js";
import type { SessionSide } from "./session-side.js";
import type { StallGuard } from "./stall-guard.js";

/** A connection whose waits run out. */
export interface TimedSession {
  readonly transport: ByteTransport;
  readonly keepalive: Keepalive;
  readonly stall: StallGuard;
  readonly side: SessionSide;
  failAtLimit(limit: LimitName, message: string, code?: number): void;
  transportClosed(message: string): void;
}

/** What happens when a wait of a connection is over. */
export function timedOut(session: TimedSession, timer: TimerName): void {
  switch (timer) {
    case "linger":
      return session.transport.destroy();
    case "preface":
      return session.failAtLimit(
        "prefaceTimeoutMs",
        "no SETTINGS came in time",
        ErrorCode.PROTOCOL_ERROR,
      );
    case "settings":
      return session.failAtLimit(
        "settingsTimeoutMs",
        "SETTINGS were not acknowledged in time",
        ErrorCode.SETTINGS_TIMEOUT,
      );
    case "headers":
      return session.failAtLimit(
        "headersTimeoutMs",
        "a frame or header block was not whole in time",
      );
    case "keepalive":
      return session.keepalive.ask();
    case "pong":
      if (session.keepalive.unanswered())
        session.transportClosed(
          "the connection was closed: the peer did not answer a PING in time",
        );
      return;
    case "stall":
      return session.stall.check();
    default:
      session.side.timedOut(timer);
  }
}
