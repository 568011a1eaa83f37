import type { Status } from "@tightwire/core/runtime";
import type { TimerName } from "./connection-timers.js";
import type { LimitName } from "./limits.js";
import type { Stream } from "./stream.js";

/** What the client and the server each make of a connection. */
export interface SessionSide {
  readonly kind: "client" | "server";
  /** The highest stream of the peer's that was looked at, for GOAWAY. */
  readonly lastPeerStream: number;
  /** A whole header block. It must be decoded, whatever becomes of its stream. */
  headerBlock(
    streamId: number,
    endStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  /** Whether no stream with this id was ever opened. */
  isIdle(streamId: number): boolean;
  /** Whether frames on this closed stream may still have been on their way. */
  excuses(streamId: number): boolean;
  /** This side sent the end of a stream. */
  localEnd(stream: Stream): void;
  /** A stream is closed and out of the table. */
  streamClosed(stream: Stream): void;
  /** The peer's SETTINGS came: the first, or later ones that change what it allows. */
  settingsChanged(first: boolean): void;
  goaway(lastStreamId: number, code: number, debug: string): void;
  /** A PING of this side, other than for keepalive, was acknowledged. */
  pingAcknowledged(): void;
  /** A limit acted on the peer: `effect` says what happened. */
  limitActed(limit: LimitName, effect: string): void;
  /** A timer ran out that the session knows nothing of. */
  timedOut(timer: TimerName): void;
  /** The session is about to close for a fault and says so in a GOAWAY. */
  beforeGoaway(): void;
  /** The session closed; told once, before its streams finish because of that. */
  closed(status: Status): void;
}
