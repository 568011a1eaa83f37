import { ConnectionError } from "./connection-error.js";
import { ErrorCode, Flag, FrameType } from "./protocol.js";

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
 * Holds a whole frame other than DATA to the rules of its type (length, stream id, padding), and
 * hands it on. Throws a {@link ConnectionError}. Source: RFC 9113, section 6.
 */
export function readFrame(
  handler: FrameHandler,
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const length = end - start;
  switch (type) {
    case FrameType.HEADERS:
      return readHeaders(handler, flags, streamId, bytes, start, end);
    case FrameType.CONTINUATION:
      return handler.continuation(streamId, flags, bytes, start, end);
    case FrameType.RST_STREAM:
      expectLength(length === 4, "RST_STREAM", length);
      expectStream(streamId !== 0, "RST_STREAM", streamId);
      return handler.reset(streamId, bytes.readUInt32BE(start));
    case FrameType.SETTINGS:
      return readSettingsFrame(handler, flags, streamId, bytes, start, end);
    case FrameType.PING:
      expectStream(streamId === 0, "PING", streamId);
      expectLength(length === 8, "PING", length);
      return handler.ping(bytes, start, (flags & Flag.ACK) !== 0);
    case FrameType.GOAWAY:
      expectStream(streamId === 0, "GOAWAY", streamId);
      expectLength(length >= 8, "GOAWAY", length);
      return handler.goaway(
        streamIdAt(bytes, start),
        bytes.readUInt32BE(start + 4),
        debugText(bytes, start + 8, end),
      );
    case FrameType.WINDOW_UPDATE:
      expectLength(length === 4, "WINDOW_UPDATE", length);
      return handler.windowUpdate(streamId, streamIdAt(bytes, start));
    case FrameType.PUSH_PROMISE:
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE, which was not allowed");
    case FrameType.PRIORITY:
      expectStream(streamId !== 0, "PRIORITY", streamId);
      // What it says is deprecated and ignored: section 5.3.2.
      if (length !== 5) handler.streamFault(streamId, ErrorCode.FRAME_SIZE_ERROR);
      return;
    default: // Unknown types are ignored: section 4.1.
  }
}

function readHeaders(
  handler: FrameHandler,
  flags: number,
  streamId: number,
  bytes: Buffer,
  from: number,
  to: number,
): void {
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
  handler.headers(streamId, flags, bytes, start, end);
}

function readSettingsFrame(
  handler: FrameHandler,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  expectStream(streamId === 0, "SETTINGS", streamId);
  const length = end - start;
  if ((flags & Flag.ACK) !== 0) {
    expectLength(length === 0, "the acknowledgement of SETTINGS", length);
    return handler.settingsAcknowledged();
  }
  expectLength(length % 6 === 0, "SETTINGS", length);
  handler.settings(bytes, start, end);
}

/** A stream id, or any other number of 31 bits: the reserved bit is dropped. */
export function streamIdAt(bytes: Buffer, at: number): number {
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
