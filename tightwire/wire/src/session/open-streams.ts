import type { Clock } from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { writeReset } from "../frames/frame-writer.js";
import { ErrorCode, MAX_31_BITS } from "../frames/protocol.js";
import type { Output } from "./output.js";
import { RateLimit } from "./rate-limit.js";
import { ResetStreams } from "./reset-streams.js";
import type { Stream } from "./stream.js";
import { StreamTable } from "./stream-table.js";

/** What the open streams ask of their connection. */
export interface OpenStreamsOwner {
  /** Whether nothing is written any more. */
  readonly closed: boolean;
  readonly output: Output;
  /** A stream is closed and out of the table. */
  streamClosed(stream: Stream): void;
}

/** The open streams of a connection, and how single ones are closed. */
export class OpenStreams {
  /** Streams that the peer resets, or makes this side reset. */
  readonly resets: RateLimit;
  readonly #owner: OpenStreamsOwner;
  readonly #table: StreamTable<Stream> = new StreamTable<Stream>();
  /** Streams that this side reset while the peer was sending. */
  readonly #reset: ResetStreams = new ResetStreams();

  constructor(owner: OpenStreamsOwner, maxResetsPerSecond: number, clock: Clock) {
    this.#owner = owner;
    this.resets = new RateLimit(maxResetsPerSecond, clock);
  }

  get size(): number {
    return this.#table.size;
  }

  get(id: number): Stream | undefined {
    return this.#table.get(id);
  }

  add(stream: Stream): void {
    this.#table.add(stream);
  }

  /** All of them, as they are now. */
  all(): Stream[] {
    return this.#table.all();
  }

  /** Moves every send window: the peer changed its initial window. */
  moveSendWindows(by: number): void {
    for (const stream of this.#table.all()) {
      stream.sendWindow += by;
      if (stream.sendWindow > MAX_31_BITS)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
      if (stream.writer.outbox !== undefined && by > 0) stream.session.sender.queue(stream);
    }
  }

  /** Closes a stream for both sides. */
  close(stream: Stream): void {
    if (stream.closed) return;
    stream.release();
    this.#table.delete(stream.id);
    this.#owner.streamClosed(stream);
  }

  /** Closes a stream at once, and tells the peer. */
  reset(stream: Stream, code: number): void {
    if (stream.closed) return;
    if (!this.#owner.closed) {
      // A stream that both sides have closed needs no reset, whoever still reads it.
      if (!stream.localClosed || !stream.remoteClosed)
        writeReset(this.#owner.output, stream.id, code);
      // Even after the peer's end: the rest of the frame that led here may be on its way.
      this.#reset.add(stream.id);
    }
    this.close(stream);
  }

  /** Remembers a stream that was reset without ever being in the table. */
  noteReset(streamId: number): void {
    this.#reset.add(streamId);
  }

  /** Whether frames on a closed stream may still have been on their way. */
  wasReset(streamId: number): boolean {
    return this.#reset.excuses(streamId);
  }
}
