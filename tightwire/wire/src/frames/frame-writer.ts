import { Flag, FRAME_HEADER_BYTES, FrameType, MAX_FRAME_BYTES } from "./protocol.js";

/** Where frames are written: `reserve` makes room for so many bytes in a row from `at` on. */
export interface FrameOutput {
  buffer: Buffer;
  at: number;
  reserve(bytes: number): void;
}

/** Writes a frame's header into room that was reserved. */
export function writeFrameHeader(
  out: FrameOutput,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  const { buffer, at } = out;
  buffer[at] = length >>> 16;
  buffer[at + 1] = length >>> 8;
  buffer[at + 2] = length;
  buffer[at + 3] = type;
  buffer[at + 4] = flags;
  writeUint32(buffer, at + 5, streamId);
  out.at = at + FRAME_HEADER_BYTES;
}

/** SETTINGS, as pairs of id and value. */
export function writeSettings(
  out: FrameOutput,
  settings: readonly (readonly [id: number, value: number])[],
): void {
  const length = settings.length * 6;
  out.reserve(FRAME_HEADER_BYTES + length);
  writeFrameHeader(out, length, FrameType.SETTINGS, 0, 0);
  for (const [id, value] of settings) {
    out.buffer.writeUInt16BE(id, out.at);
    out.buffer.writeUInt32BE(value, out.at + 2);
    out.at += 6;
  }
}

/** The acknowledgement of the peer's SETTINGS. */
export function writeSettingsAck(out: FrameOutput): void {
  out.reserve(FRAME_HEADER_BYTES);
  writeFrameHeader(out, 0, FrameType.SETTINGS, Flag.ACK, 0);
}

/** PING with eight bytes of `payload`, or its acknowledgement. */
export function writePing(
  out: FrameOutput,
  payload: Buffer,
  start: number,
  acknowledges: boolean,
): void {
  out.reserve(FRAME_HEADER_BYTES + 8);
  writeFrameHeader(out, 8, FrameType.PING, acknowledges ? Flag.ACK : 0, 0);
  payload.copy(out.buffer, out.at, start, start + 8);
  out.at += 8;
}

/** GOAWAY, with a text for people. */
export function writeGoaway(
  out: FrameOutput,
  lastStreamId: number,
  code: number,
  text: string,
): void {
  const debug = Buffer.from(text);
  out.reserve(FRAME_HEADER_BYTES + 8 + debug.length);
  writeFrameHeader(out, 8 + debug.length, FrameType.GOAWAY, 0, 0);
  writeUint32(out.buffer, out.at, lastStreamId);
  writeUint32(out.buffer, out.at + 4, code);
  debug.copy(out.buffer, out.at + 8);
  out.at += 8 + debug.length;
}

/** RST_STREAM. */
export function writeReset(out: FrameOutput, streamId: number, code: number): void {
  out.reserve(FRAME_HEADER_BYTES + 4);
  writeFrameHeader(out, 4, FrameType.RST_STREAM, 0, streamId);
  writeUint32(out.buffer, out.at, code);
  out.at += 4;
}

/** WINDOW_UPDATE; stream 0 is the connection. */
export function writeWindowUpdate(out: FrameOutput, streamId: number, increment: number): void {
  out.reserve(FRAME_HEADER_BYTES + 4);
  writeFrameHeader(out, 4, FrameType.WINDOW_UPDATE, 0, streamId);
  writeUint32(out.buffer, out.at, increment);
  out.at += 4;
}

/** A header block as one HEADERS frame, and CONTINUATION where it is larger than a frame. */
export function writeLongHeaders(
  out: FrameOutput,
  streamId: number,
  block: Buffer,
  endStream: boolean,
): void {
  for (let start = 0; start === 0 || start < block.length; start += MAX_FRAME_BYTES) {
    const end = Math.min(start + MAX_FRAME_BYTES, block.length);
    const flags =
      (end === block.length ? Flag.END_HEADERS : 0) |
      (start === 0 && endStream ? Flag.END_STREAM : 0);
    out.reserve(FRAME_HEADER_BYTES + end - start);
    writeFrameHeader(
      out,
      end - start,
      start === 0 ? FrameType.HEADERS : FrameType.CONTINUATION,
      flags,
      streamId,
    );
    block.copy(out.buffer, out.at, start, end);
    out.at += end - start;
  }
}

/** Four bytes, the highest first. */
export function writeUint32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}
