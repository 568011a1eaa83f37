import { PREFACE } from "@tightwire/wire/internals/frames/protocol.js";

/** A frame, its header made for its payload. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer,
  length: number = payload.length,
): Buffer {
  const head = Buffer.allocUnsafe(9);
  head.writeUIntBE(length & 0xff_ffff, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/**
 * A recording's frames, the preface as the first when there is one. What is no whole frame is the
 * last.
 */
export function splitFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let at = 0;
  if (bytes.subarray(0, PREFACE.length).equals(PREFACE)) {
    frames.push(bytes.subarray(0, PREFACE.length));
    at = PREFACE.length;
  }
  while (at < bytes.length) {
    const end = at + 9 <= bytes.length ? at + 9 + bytes.readUIntBE(at, 3) : bytes.length;
    frames.push(bytes.subarray(at, Math.min(end, bytes.length)));
    at = end;
  }
  return frames;
}
