import { type Random, type Status, StatusNumber } from "@tightwire/core/runtime";
import { writeGoaway, writePing } from "../frames/frame-writer.js";
import { ErrorCode, MAX_31_BITS } from "../frames/protocol.js";
import type { Session } from "../session/session.js";

/** A connection reached its maximum age, and the grace period after it. */
export const TOO_OLD: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection has reached its maximum age",
};

/** How long the client may take to hear that it must open no more streams. */
const ROUND_TRIP_MS = 1_000;
const PING: Buffer = Buffer.from("draining");

/**
 * How a server's connection takes no new calls, in two steps so that none is lost: a GOAWAY that
 * allows every stream, then, after a round trip, one that names the last. Source: RFC 9113, section
 * 6.8.
 */
export class ServerDrain {
  readonly #session: Session;
  begun = false;
  /** The last stream that gets a response, once the client was told. */
  finalStream: number | undefined = undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether a stream is behind the last one that gets a response. */
  isBeyond(streamId: number): boolean {
    return this.finalStream !== undefined && streamId > this.finalStream;
  }

  /** Asks the client to open no more streams. */
  begin(): void {
    const { output, timers } = this.#session;
    this.begun = true;
    writeGoaway(output, MAX_31_BITS, ErrorCode.NO_ERROR, "");
    writePing(output, PING, 0, false);
    timers.start("drain", ROUND_TRIP_MS);
  }

  /** The client has heard of it, or was given the time to. */
  complete(lastStream: number): void {
    const { output, timers } = this.#session;
    timers.stop("drain");
    this.finalStream = lastStream;
    writeGoaway(output, lastStream, ErrorCode.NO_ERROR, "");
  }
}

/** The age of a connection: those of one age would all reconnect at once. */
export function jittered(ms: number, random: Random): number {
  return ms * (0.9 + random.next() * 0.2);
}
