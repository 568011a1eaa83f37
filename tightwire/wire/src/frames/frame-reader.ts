import { ConnectionError } from "./connection-error.js";
import { type FrameHandler, readFrame, streamIdAt } from "./frame.js";
import { ErrorCode, Flag, FRAME_HEADER_BYTES, FrameType, MAX_FRAME_BYTES } from "./protocol.js";

/** How many frames may be read. */
export interface FrameBudget {
  /** So many, before it asks. */
  left: number;
  /** Whether it ended in this turn of the event loop. */
  readonly isUsedUp: boolean;
  /** Whether there are more: `left` is set anew then. */
  more(): boolean;
}

/** A budget that never ends. */
export const UNLIMITED: FrameBudget = {
  left: Number.POSITIVE_INFINITY,
  isUsedUp: false,
  more: () => true,
};

/**
 * Bytes to frames: holds each to the rules of its kind (length, stream id, padding) and hands it
 * on. A frame other than DATA is handed on whole; what came of it before is kept. The order of
 * HEADERS and CONTINUATION is held here. Source: RFC 9113, sections 4 and 6.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  /** The bytes of a frame that is not whole: its header first. */
  readonly #head: Buffer = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  #headBytes = 0;
  #payload: Buffer | undefined = undefined;
  #payloadBytes = 0;
  /** A DATA frame under way: bytes of data and of padding that are still to come. */
  #dataLeft = 0;
  #paddingLeft = 0;
  #dataStream = 0;
  #dataEnds = false;
  #dataPadded = false;
  /** The stream whose header block is open: nothing but its CONTINUATION may come. */
  #openBlock = 0;
  #first = true;
  /**
   * Rises with every frame, or header block of several, that is whole: what is under way for long
   * shows by it.
   */
  progress = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Whether a frame other than DATA, or a header block, has begun and is not whole. */
  get waitsForMore(): boolean {
    return this.#headBytes > 0 || this.#openBlock !== 0;
  }

  /** Bytes kept for a frame that is not whole. */
  get keptBytes(): number {
    return this.#payload?.length ?? 0;
  }

  /**
   * Reads what came: `least` frames in any case, and as many more as `budget` has. Returns where it
   * stopped: at the end, or before a frame. Throws a {@link ConnectionError} for what breaks a
   * rule.
   */
  push(bytes: Buffer, budget: FrameBudget = UNLIMITED, least = 0): number {
    let at = this.#continue(bytes);
    let read = 0;
    while (at < bytes.length && !this.#handler.closed) {
      if (bytes.length - at < FRAME_HEADER_BYTES) {
        bytes.copy(this.#head, 0, at);
        this.#headBytes = bytes.length - at;
        break;
      }
      if (--budget.left < 0 && read >= least && !budget.more()) return at;
      read++;
      at = this.#frame(bytes, at);
    }
    return bytes.length;
  }

  /** Goes on with what the last bytes left off; returns where the next frame begins. */
  #continue(bytes: Buffer): number {
    if (this.#dataPadded || this.#dataLeft > 0 || this.#paddingLeft > 0)
      return this.#data(bytes, 0);
    if (this.#payload !== undefined) return this.#fill(bytes, 0);
    if (this.#headBytes === 0) return 0;
    const wanted = FRAME_HEADER_BYTES - this.#headBytes;
    const copied = bytes.copy(this.#head, this.#headBytes, 0, wanted);
    this.#headBytes += copied;
    if (copied < wanted) return copied;
    this.#headBytes = 0;
    return this.#begin(this.#head, 0, bytes, copied);
  }

  #frame(bytes: Buffer, at: number): number {
    return this.#begin(bytes, at, bytes, at + FRAME_HEADER_BYTES);
  }

  /**
   * A frame whose header stands in `head` at `headAt`, and whose payload begins in `bytes` at `at`.
   */
  #begin(head: Buffer, headAt: number, bytes: Buffer, at: number): number {
    const length =
      ((head[headAt] as number) << 16) |
      ((head[headAt + 1] as number) << 8) |
      (head[headAt + 2] as number);
    const type = head[headAt + 3] as number;
    const flags = head[headAt + 4] as number;
    const streamId = streamIdAt(head, headAt + 5);
    if (this.#first) {
      // Both sides begin with SETTINGS: section 3.4.
      if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0)
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "another frame before SETTINGS");
      this.#first = false;
    }
    if (length > MAX_FRAME_BYTES)
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `a frame of ${length} bytes`);
    if (
      this.#openBlock !== 0 &&
      (type !== FrameType.CONTINUATION || streamId !== this.#openBlock)
    ) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "another frame inside a header block");
    }
    if (type === FrameType.DATA) return this.#beginData(length, flags, streamId, bytes, at);
    if (bytes.length - at >= length) {
      this.#whole(type, flags, streamId, bytes, at, at + length);
      return at + length;
    }
    if (head !== this.#head) head.copy(this.#head, 0, headAt, headAt + FRAME_HEADER_BYTES);
    this.#headBytes = FRAME_HEADER_BYTES;
    this.#payload = Buffer.allocUnsafe(length);
    this.#payloadBytes = 0;
    return this.#fill(bytes, at);
  }

  #fill(bytes: Buffer, at: number): number {
    const payload = this.#payload as Buffer;
    const copied = bytes.copy(payload, this.#payloadBytes, at);
    this.#payloadBytes += copied;
    if (this.#payloadBytes < payload.length) return at + copied;
    this.#payload = undefined;
    this.#headBytes = 0;
    const head = this.#head;
    this.#whole(
      head[3] as number,
      head[4] as number,
      streamIdAt(head, 5),
      payload,
      0,
      payload.length,
    );
    return at + copied;
  }

  #beginData(length: number, flags: number, streamId: number, bytes: Buffer, at: number): number {
    if (streamId === 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "DATA on stream 0");
    this.#dataStream = streamId;
    this.#dataEnds = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.PADDED) !== 0) {
      if (length === 0)
        throw new ConnectionError(
          ErrorCode.FRAME_SIZE_ERROR,
          "padded DATA without a padding length",
        );
      this.#dataPadded = true;
      this.#dataLeft = length - 1;
      return this.#data(bytes, at);
    }
    if (length === 0) {
      this.#handler.data(streamId, bytes, at, at, 0, this.#dataEnds);
      return at;
    }
    this.#dataLeft = length;
    return this.#data(bytes, at);
  }

  #data(bytes: Buffer, from: number): number {
    let at = from;
    let flowBytes = 0;
    if (this.#dataPadded) {
      if (at === bytes.length) return at;
      const padding = bytes[at++] as number;
      if (padding > this.#dataLeft)
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding longer than its frame");
      this.#dataPadded = false;
      this.#dataLeft -= padding;
      this.#paddingLeft = padding;
      flowBytes = 1;
    }
    const start = at;
    const data = Math.min(this.#dataLeft, bytes.length - at);
    at += data;
    this.#dataLeft -= data;
    const padding = this.#dataLeft > 0 ? 0 : Math.min(this.#paddingLeft, bytes.length - at);
    at += padding;
    this.#paddingLeft -= padding;
    flowBytes += data + padding;
    const whole = this.#dataLeft + this.#paddingLeft === 0;
    if (whole) this.progress++;
    if (flowBytes > 0 || whole)
      this.#handler.data(
        this.#dataStream,
        bytes,
        start,
        start + data,
        flowBytes,
        whole && this.#dataEnds,
      );
    return at;
  }

  #whole(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const endHeaders = (flags & Flag.END_HEADERS) !== 0;
    if (this.#openBlock === 0 || endHeaders) this.progress++;
    if (type === FrameType.HEADERS && !endHeaders) this.#openBlock = streamId;
    else if (type === FrameType.CONTINUATION) {
      if (this.#openBlock === 0)
        throw new ConnectionError(
          ErrorCode.PROTOCOL_ERROR,
          "CONTINUATION outside of a header block",
        );
      if (endHeaders) this.#openBlock = 0;
    }
    readFrame(this.#handler, type, flags, streamId, bytes, start, end);
  }
}
