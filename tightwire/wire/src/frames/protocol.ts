/** The kinds of frame. Source: RFC 9113, section 6. */
export const FrameType: {
  readonly DATA: 0;
  readonly HEADERS: 1;
  readonly PRIORITY: 2;
  readonly RST_STREAM: 3;
  readonly SETTINGS: 4;
  readonly PUSH_PROMISE: 5;
  readonly PING: 6;
  readonly GOAWAY: 7;
  readonly WINDOW_UPDATE: 8;
  readonly CONTINUATION: 9;
} = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
};

/** The flags of frames. `ACK` is the bit of `END_STREAM` on SETTINGS and PING. */
export const Flag: {
  readonly END_STREAM: 1;
  readonly ACK: 1;
  readonly END_HEADERS: 4;
  readonly PADDED: 8;
  readonly PRIORITY: 32;
} = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 };

/** Why a stream or a connection ends. Source: RFC 9113, section 7. */
export const ErrorCode: {
  readonly NO_ERROR: 0;
  readonly PROTOCOL_ERROR: 1;
  readonly INTERNAL_ERROR: 2;
  readonly FLOW_CONTROL_ERROR: 3;
  readonly SETTINGS_TIMEOUT: 4;
  readonly STREAM_CLOSED: 5;
  readonly FRAME_SIZE_ERROR: 6;
  readonly REFUSED_STREAM: 7;
  readonly CANCEL: 8;
  readonly COMPRESSION_ERROR: 9;
  readonly CONNECT_ERROR: 10;
  readonly ENHANCE_YOUR_CALM: 11;
  readonly INADEQUATE_SECURITY: 12;
  readonly HTTP_1_1_REQUIRED: 13;
} = {
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
  CONNECT_ERROR: 10,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
};

const ERROR_NAMES: readonly string[] = Object.keys(ErrorCode);

/** The name of an error code, as the RFC writes it; a code that it does not know as a number. */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? `error code ${code}`;
}

/** What a client sends first. Source: RFC 9113, section 3.4. */
export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 9;
/**
 * The largest payload that both sides take without having agreed on more; we ask for no more.
 * Source: RFC 9113, section 4.2.
 */
export const MAX_FRAME_BYTES = 16_384;
/** What a window holds before either side has said otherwise. Source: RFC 9113, section 6.9.2. */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** The most that a window may hold, and the highest stream id. */
export const MAX_31_BITS = 0x7fff_ffff;
