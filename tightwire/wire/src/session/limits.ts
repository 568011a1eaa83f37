import { MisuseError } from "@tightwire/core";
import { defaultTotalBytes } from "./memory-share.js";

/**
 * What a peer may make a connection hold, do or wait for. Every limit has a default and may be set;
 * `docs/reference/wire-limits.md` says what happens beyond each, and every one has a test with a
 * peer that goes beyond it.
 */
export interface Limits {
  /**
   * Calls at once; more are refused with REFUSED_STREAM, which callers may send again. A cancelled
   * call counts until its handler has ended. Server side; default 1,000.
   */
  readonly maxConcurrentStreams: number;
  /**
   * Bytes of a header list, name, value and 32 a field; more fail the call with RESOURCE_EXHAUSTED.
   * Default 65,536.
   */
  readonly maxHeaderListBytes: number;
  /** Fields of a header list. Default 256. */
  readonly maxHeaderFields: number;
  /**
   * Bytes of a header block as it is sent; more close the connection, since what is not decoded
   * cannot be skipped. Default 98,304.
   */
  readonly maxHeaderBlockBytes: number;
  /**
   * CONTINUATION frames of a header block, empty ones too; more close the connection. Default 16.
   */
  readonly maxContinuations: number;
  /**
   * Calls that a client resets, or makes us reset, a second: twice as many at once. More close the
   * connection. Server side; default 1,000.
   */
  readonly maxResetsPerSecond: number;
  /**
   * PINGs a second that follow no frame of ours, twice as many at once; more close the connection.
   * Peers that measure the bandwidth send one with each response. Default 100.
   */
  readonly maxPingsPerSecond: number;
  /** SETTINGS a second, twice as many at once; more close the connection. Default 10. */
  readonly maxSettingsPerSecond: number;
  /**
   * DATA frames without data that end nothing, a second: twice as many at once. More end the
   * connection. Default 1,000.
   */
  readonly maxEmptyDataPerSecond: number;
  /**
   * DATA frames that the peer's windows made smaller than 256 bytes, a second: twice as many at
   * once. A frame of 4,096 bytes or more makes up for one, as proxies cut some frames of every
   * fast stream. More close the connection. Default 1,000.
   */
  readonly maxTinyFramesPerSecond: number;
  /**
   * Bytes that come out of compressed messages, a second: twice as many at once. Beyond it
   * compressed messages of the connection wait, in order. Default 128 MiB.
   */
  readonly maxInflatedBytesPerSecond: number;
  /**
   * Bytes held of what a connection's peer sent: messages that are not whole or that nobody has
   * taken yet, header blocks and the headers of calls. A message that was decoded before anybody
   * waited for it counts for 32 times its bytes. Beyond it a message or head fails its call with
   * RESOURCE_EXHAUSTED; from half of it on nothing is decoded ahead, and the connection gets no
   * credit while messages wait for slow readers. Default 64 MiB.
   */
  readonly maxHeldBytes: number;
  /**
   * Bytes held for all connections of the process together, of every kind. Beyond it the calls
   * fail with RESOURCE_EXHAUSTED that hold most on the connection that holds most. Servers and
   * clients count apart. Default: a quarter of the memory that the process may use, at most half of
   * V8's heap limit, at least 64 MiB.
   */
  readonly maxHeldBytesTotal: number;
  /**
   * Bytes of messages waiting for a peer that does not read. Beyond it a message fails its call
   * with RESOURCE_EXHAUSTED instead; each stream alone stops after 64 KiB or one larger message.
   * Server side; default 64 MiB.
   */
  readonly maxUnreadBytes: number;
  /**
   * Bytes of frames other than DATA waiting for a peer that does not read; more end the
   * connection. Default 1 MiB.
   */
  readonly maxUnreadControlBytes: number;
  /** From the connection to the whole preface and the first SETTINGS. Default 10,000 ms. */
  readonly prefaceTimeoutMs: number;
  /**
   * From the first frame of a header block to its last, and for any frame that has begun. Default
   * 10,000 ms.
   */
  readonly headersTimeoutMs: number;
  /** From our SETTINGS to their acknowledgement. Default 10,000 ms. */
  readonly settingsTimeoutMs: number;
  /**
   * How long a message may wait for a window or a socket that takes nothing; then its call is
   * reset. It holds for finished requests and responses; for those that go on it does while more
   * than half of `maxUnreadBytes` or `maxHeldBytesTotal` is used: a slow reader that does no harm
   * has the method's idle timeout. Default 60,000 ms.
   */
  readonly stallTimeoutMs: number;
}

/** The name of a limit. */
export type LimitName = keyof Limits;

/** The defaults, in the order of the documentation; each is explained at its field. */
export const DEFAULT_LIMITS: Limits = {
  maxConcurrentStreams: 1_000,
  maxHeaderListBytes: 65_536,
  maxHeaderFields: 256,
  maxHeaderBlockBytes: 98_304,
  maxContinuations: 16,
  maxResetsPerSecond: 1_000,
  maxPingsPerSecond: 100,
  maxSettingsPerSecond: 10,
  maxEmptyDataPerSecond: 1_000,
  maxTinyFramesPerSecond: 1_000,
  maxInflatedBytesPerSecond: 128 * 1024 * 1024,
  maxHeldBytes: 64 * 1024 * 1024,
  get maxHeldBytesTotal() {
    return defaultTotalBytes();
  },
  maxUnreadBytes: 64 * 1024 * 1024,
  maxUnreadControlBytes: 1024 * 1024,
  prefaceTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  settingsTimeoutMs: 10_000,
  stallTimeoutMs: 60_000,
};

/**
 * Fills what was not set. Throws a TypeError that names the limit that is unknown or not a number
 * above 0.
 */
export function resolveLimits(given: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in DEFAULT_LIMITS))
      throw new MisuseError(
        "TW_UNKNOWN_OPTION",
        `unknown limit "${name}"; allowed: ${Object.keys(DEFAULT_LIMITS).join(", ")}`,
      );
    if (!(typeof value === "number" && value > 0))
      throw new MisuseError(
        "TW_INVALID_OPTION",
        `limits.${name} must be a positive number (got ${String(value)})`,
      );
  }
  return Object.freeze({ ...DEFAULT_LIMITS, ...given });
}
