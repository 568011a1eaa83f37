import { ConnectionError } from "./connection-error.js";
import { DEFAULT_WINDOW_BYTES, ErrorCode, MAX_31_BITS, MAX_FRAME_BYTES } from "./protocol.js";

/** The settings of one side, as the other has to keep them. Source: RFC 9113, section 6.5.2. */
export interface Settings {
  headerTableBytes: number;
  maxConcurrentStreams: number;
  initialWindowBytes: number;
  maxFrameBytes: number;
  /** Advisory: the largest header list that it takes. */
  maxHeaderListBytes: number;
}

/** What holds before a peer has said anything. */
export function defaultSettings(): Settings {
  return {
    headerTableBytes: 4_096,
    maxConcurrentStreams: Number.POSITIVE_INFINITY,
    initialWindowBytes: DEFAULT_WINDOW_BYTES,
    maxFrameBytes: MAX_FRAME_BYTES,
    maxHeaderListBytes: Number.POSITIVE_INFINITY,
  };
}

/** The numbers that settings have on the wire. */
export const SettingId: {
  readonly HEADER_TABLE_SIZE: 1;
  readonly ENABLE_PUSH: 2;
  readonly MAX_CONCURRENT_STREAMS: 3;
  readonly INITIAL_WINDOW_SIZE: 4;
  readonly MAX_FRAME_SIZE: 5;
  readonly MAX_HEADER_LIST_SIZE: 6;
} = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
};

/** The largest frame that a peer may ask to be sent. */
const LARGEST_FRAME_BYTES = 16_777_215;

/**
 * Takes a SETTINGS payload over into `settings`. Throws a {@link ConnectionError} for a value out
 * of range, such as a server's that would let its client push; unknown settings are ignored.
 */
export function readSettings(
  bytes: Buffer,
  start: number,
  end: number,
  settings: Settings,
  ofServer: boolean,
): void {
  for (let at = start; at < end; at += 6) {
    const value = bytes.readUInt32BE(at + 2);
    switch (bytes.readUInt16BE(at)) {
      case SettingId.HEADER_TABLE_SIZE:
        settings.headerTableBytes = value;
        break;
      case SettingId.ENABLE_PUSH:
        expectRange(value <= (ofServer ? 0 : 1), ErrorCode.PROTOCOL_ERROR, "ENABLE_PUSH", value);
        break;
      case SettingId.MAX_CONCURRENT_STREAMS:
        settings.maxConcurrentStreams = value;
        break;
      case SettingId.INITIAL_WINDOW_SIZE:
        expectRange(
          value <= MAX_31_BITS,
          ErrorCode.FLOW_CONTROL_ERROR,
          "INITIAL_WINDOW_SIZE",
          value,
        );
        settings.initialWindowBytes = value;
        break;
      case SettingId.MAX_FRAME_SIZE:
        expectRange(
          value >= MAX_FRAME_BYTES && value <= LARGEST_FRAME_BYTES,
          ErrorCode.PROTOCOL_ERROR,
          "MAX_FRAME_SIZE",
          value,
        );
        settings.maxFrameBytes = value;
        break;
      case SettingId.MAX_HEADER_LIST_SIZE:
        settings.maxHeaderListBytes = value;
        break;
      default:
    }
  }
}

function expectRange(right: boolean, code: number, name: string, value: number): void {
  if (!right) throw new ConnectionError(code, `${name} of ${value}`);
}
