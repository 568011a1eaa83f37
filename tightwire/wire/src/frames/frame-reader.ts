import { ConnectionError } from "./connection-error.js";
import { ErrorCode, Flag, FRAME_HEADER_BYTES, FrameType, MAX_FRAME_BYTES } from "./protocol.js";

/**
 * Hears whole frames, in order. Buffers are borrowed: valid until the call returns. May throw a
 * {@link ConnectionError}.
 */
export interface FrameHandler {
  /** Whether nothing more is to be read: what is left of the bytes is dropped. */
  readonly closed: boolean;
  /**
   * Bytes of a DATA frame, without padding; a frame that arrives in parts is told in parts.
   * `flowBytes` is what they cost of the windows, padding and its length included; `end` is set on
   * the last part of a frame that ends its stream.
   */
  data(
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
    flowBytes: number,
    endStream: boolean,
  ): void;
  /** A HEADERS frame's part of a header block, without padding and priority. */
  headers(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void;
  continuation(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void;
  reset(streamId: number, code: number): void;
  settings(bytes: Buffer, start: number, end: number): void;
  settingsAcknowledged(): void;
  ping(bytes: Buffer, start: number, acknowledged: boolean): void;
  goaway(lastStreamId: number, code: number, debug: string): void;
  /** `streamId` is 0 for the connection's window. */
  windowUpdate(streamId: number, increment: number): void;
  /** A frame whose fault is its stream's alone. */
  streamFault(streamId: number, code: number): void;
}

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

  /** Reads what came. Throws a {@link ConnectionError} for what breaks a rule. */
  push(bytes: Buffer): void {
    let at = this.#continue(bytes);
    while (at < bytes.length && !this.#handler.closed) {
      if (bytes.length - at < FRAME_HEADER_BYTES) {
        bytes.copy(this.#head, 0, at);
        this.#headBytes = bytes.length - at;
        return;
      }
      at = this.#frame(bytes, at);
    }
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
    const length = end - start;
    if (this.#openBlock === 0 || (flags & Flag.END_HEADERS) !== 0) this.progress++;
    switch (type) {
      case FrameType.HEADERS:
        return this.#headers(flags, streamId, bytes, start, end);
      case FrameType.CONTINUATION:
        return this.#continuation(flags, streamId, bytes, start, end);
      case FrameType.RST_STREAM:
        expectLength(length === 4, "RST_STREAM", length);
        expectStream(streamId !== 0, "RST_STREAM", streamId);
        return this.#handler.reset(streamId, bytes.readUInt32BE(start));
      case FrameType.SETTINGS:
        return this.#settings(flags, streamId, bytes, start, end);
      case FrameType.PING:
        expectStream(streamId === 0, "PING", streamId);
        expectLength(length === 8, "PING", length);
        return this.#handler.ping(bytes, start, (flags & Flag.ACK) !== 0);
      case FrameType.GOAWAY:
        expectStream(streamId === 0, "GOAWAY", streamId);
        expectLength(length >= 8, "GOAWAY", length);
        return this.#handler.goaway(
          streamIdAt(bytes, start),
          bytes.readUInt32BE(start + 4),
          debugText(bytes, start + 8, end),
        );
      case FrameType.WINDOW_UPDATE:
        expectLength(length === 4, "WINDOW_UPDATE", length);
        return this.#handler.windowUpdate(streamId, streamIdAt(bytes, start));
      case FrameType.PUSH_PROMISE:
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE, which was not allowed");
      case FrameType.PRIORITY:
        expectStream(streamId !== 0, "PRIORITY", streamId);
        // What it says is deprecated and ignored: section 5.3.2.
        if (length !== 5) this.#handler.streamFault(streamId, ErrorCode.FRAME_SIZE_ERROR);
        return;
      default: // Unknown kinds are ignored: section 4.1.
    }
  }

  #headers(flags: number, streamId: number, bytes: Buffer, from: number, to: number): void {
    expectStream(streamId !== 0, "HEADERS", streamId);
    let start = from;
    let end = to;
    if ((flags & Flag.PADDED) !== 0) {
      expectLength(end - start >= 1, "HEADERS", end - start);
      end -= bytes[start++] as number;
    }
    if ((flags & Flag.PRIORITY) !== 0) {
      expectLength(to - start >= 5, "HEADERS", to - from);
      start += 5;
    }
    if (start > end)
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding longer than its frame");
    if ((flags & Flag.END_HEADERS) === 0) this.#openBlock = streamId;
    this.#handler.headers(streamId, flags, bytes, start, end);
  }

  #continuation(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (this.#openBlock === 0)
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "CONTINUATION outside of a header block");
    if ((flags & Flag.END_HEADERS) !== 0) this.#openBlock = 0;
    this.#handler.continuation(streamId, flags, bytes, start, end);
  }

  #settings(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    expectStream(streamId === 0, "SETTINGS", streamId);
    const length = end - start;
    if ((flags & Flag.ACK) !== 0) {
      expectLength(length === 0, "the acknowledgement of SETTINGS", length);
      return this.#handler.settingsAcknowledged();
    }
    expectLength(length % 6 === 0, "SETTINGS", length);
    this.#handler.settings(bytes, start, end);
  }
}

/** A stream id, or any other number of 31 bits: the reserved bit is dropped. */
function streamIdAt(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** How much of a peer's text is kept. */
const MAX_DEBUG_BYTES = 256;

function debugText(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("utf8", start, Math.min(end, start + MAX_DEBUG_BYTES));
}

function expectLength(right: boolean, what: string, length: number): void {
  if (!right) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `${what} of ${length} bytes`);
}

function expectStream(right: boolean, what: string, streamId: number): void {
  if (!right) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on stream ${streamId}`);
}
