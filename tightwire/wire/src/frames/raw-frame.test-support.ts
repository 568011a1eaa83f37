import { type RawField, rawBlock } from "../hpack/raw-hpack.test-support.js";

// Frames as a peer writes them, right or wrong. Source: RFC 9113, sections 4 and 6.

/** Kinds of frame, by their numbers. */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Flags of frames. */
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const HAS_PRIORITY = 32;

/** Error codes, by the names of RFC 9113. */
export const CODE = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;

export const CLIENT_PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Any frame, right or wrong. `length` lies about the payload's when it is given. */
export function rawFrame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(),
  length: number = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** Four bytes. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** SETTINGS, as pairs of id and value. */
export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return rawFrame(
    SETTINGS,
    0,
    0,
    Buffer.concat(
      pairs.map(([id, value]) => Buffer.concat([Buffer.of(id >> 8, id), uint32(value)])),
    ),
  );
}

export const settingsAck: Buffer = rawFrame(SETTINGS, ACK, 0);

/** HEADERS that hold a whole block, or its first part. */
export function headers(
  streamId: number,
  block: Buffer | readonly RawField[],
  { endStream = false, endHeaders = true }: { endStream?: boolean; endHeaders?: boolean } = {},
): Buffer {
  const payload = Buffer.isBuffer(block) ? block : rawBlock(block);
  return rawFrame(
    HEADERS,
    (endStream ? END_STREAM : 0) | (endHeaders ? END_HEADERS : 0),
    streamId,
    payload,
  );
}

export function continuation(
  streamId: number,
  part: Buffer = Buffer.alloc(0),
  endHeaders = false,
): Buffer {
  return rawFrame(CONTINUATION, endHeaders ? END_HEADERS : 0, streamId, part);
}

export function data(
  streamId: number,
  bytes: Uint8Array = new Uint8Array(),
  endStream = false,
): Buffer {
  return rawFrame(DATA, endStream ? END_STREAM : 0, streamId, bytes);
}

/** DATA with so many bytes of padding. */
export function paddedData(
  streamId: number,
  bytes: Uint8Array,
  padding: number,
  endStream = false,
): Buffer {
  return rawFrame(
    DATA,
    PADDED | (endStream ? END_STREAM : 0),
    streamId,
    Buffer.concat([Buffer.of(padding), bytes, Buffer.alloc(padding)]),
  );
}

export function reset(streamId: number, code: number = CODE.CANCEL): Buffer {
  return rawFrame(RST_STREAM, 0, streamId, uint32(code));
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  return rawFrame(WINDOW_UPDATE, 0, streamId, uint32(increment));
}

export function ping(text = "12345678", flags = 0): Buffer {
  return rawFrame(PING, flags, 0, Buffer.from(text));
}

export function goaway(lastStreamId: number, code: number = CODE.NO_ERROR, text = ""): Buffer {
  return rawFrame(
    GOAWAY,
    0,
    0,
    Buffer.concat([uint32(lastStreamId), uint32(code), Buffer.from(text)]),
  );
}

/** A message of gRPC: its prefix, which may lie, and its bytes. */
export function message(
  bytes: Uint8Array | string = "",
  { flag = 0, length }: { flag?: number; length?: number } = {},
): Buffer {
  const body = Buffer.from(bytes as string);
  return Buffer.concat([Buffer.of(flag), uint32(length ?? body.length), body]);
}

/** The head of a good request, with more fields behind it. */
export function request(path: string, ...more: readonly RawField[]): RawField[] {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...more,
  ];
}

/** The head of a good response, with more fields behind it. */
export function responseHead(...more: readonly RawField[]): RawField[] {
  return [[":status", "200"], ["content-type", "application/grpc"], ...more];
}
