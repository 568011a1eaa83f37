import type { Interceptor, Logger, Observer } from "@tightwire/core";
import { createCallLog } from "@tightwire/core";
import {
  type ClientTransport,
  type Clock,
  type Connection,
  checkCount,
  checkTime,
  checkWait,
  combineObservers,
  type Random,
  refuseUnknownOptions,
  type Status,
  systemClock,
  systemRandom,
  timerMs,
} from "@tightwire/core/runtime";
import { wire } from "@tightwire/wire/client";
import { createConnector } from "./connector.js";
import { parseTarget } from "./target.js";

/** Settings of a channel; all optional. */
export interface ChannelOptions {
  /**
   * How bytes get there. Default `wire()`, over cleartext; `grpcJs()` of
   * `@tightwire/client/grpc-js` is the other.
   */
  readonly transport?: ClientTransport;
  /**
   * Deadline of unary calls that say nothing themselves, in milliseconds; `Infinity` for none.
   * Default: the contract's, else 10,000.
   */
  readonly timeoutMs?: number;
  /**
   * How long connecting to one endpoint may take, in milliseconds; `Infinity` for as long as it
   * takes. Default 5,000.
   */
  readonly connectTimeoutMs?: number;
  /** The largest answer that is taken, after decompression, in bytes. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Around every call, the first outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Around every attempt, inside the others: where a token is refreshed. What one changes of the
   * call, and its `onEnd`, is the attempt's own. Default none.
   */
  readonly attemptInterceptors?: readonly Interceptor[];
  /** Gets one line a call. Default: none are written. */
  readonly logger?: Logger;
  /** Hear every call, after the log. Default none. */
  readonly observers?: readonly Observer[];
  /** Time and chance, for tests in virtual time. Default: those of the process. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * A target and the way there. Make one for each service that is called and keep it; it connects
 * when first used and again when it must.
 */
export interface Channel {
  /** As it was given. */
  readonly target: string;
  /**
   * No new calls; those in flight have `graceMs` (default 0, `Infinity` for as long as they take)
   * to end. Never rejects; throws a TypeError when that is no time.
   */
  close(graceMs?: number): Promise<void>;
}

/** A channel as clients in this package see it. */
export interface OpenChannel extends Channel {
  readonly settings: ChannelSettings;
  /** The connection for the next call when there is one. */
  ready(): Connection | undefined;
  /**
   * Waits for a connection: exactly one of the two is called, later. Returns how to stop waiting.
   */
  acquire(ready: (connection: Connection) => void, failed: (why: Status) => void): () => void;
}

/** The options that calls read. */
export interface ChannelSettings {
  readonly timeoutMs: number | undefined;
  readonly interceptors: readonly Interceptor[];
  readonly attemptInterceptors: readonly Interceptor[];
  readonly observer: Observer | undefined;
  readonly clock: Clock;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;
const OPTION_NAMES: readonly string[] = [
  "transport",
  "timeoutMs",
  "connectTimeoutMs",
  "maxMessageBytes",
  "interceptors",
  "attemptInterceptors",
  "logger",
  "observers",
  "clock",
  "random",
];

/**
 * Makes a channel; nothing is connected before the first call. Throws a TypeError for a target or
 * an option that it does not understand.
 */
export function createChannel(target: string, options: ChannelOptions = {}): Channel {
  refuseUnknownOptions("createChannel", options, OPTION_NAMES);
  checkTime("timeoutMs", options.timeoutMs);
  checkTime("connectTimeoutMs", options.connectTimeoutMs);
  checkCount("maxMessageBytes", options.maxMessageBytes);
  const { clock = systemClock, random = systemRandom } = options;
  const connector = createConnector({
    clock,
    random,
    target: parseTarget(target),
    transport: options.transport ?? wire(),
    timeoutMs: timerMs(options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS),
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
  });
  const logs = options.logger === undefined ? [] : [createCallLog(options.logger)];
  const channel: OpenChannel = {
    target,
    settings: {
      timeoutMs: options.timeoutMs,
      interceptors: options.interceptors ?? [],
      attemptInterceptors: options.attemptInterceptors ?? [],
      observer: combineObservers([...logs, ...(options.observers ?? [])]),
      clock,
    },
    ready: connector.ready,
    acquire: connector.acquire,
    close(graceMs = 0) {
      checkWait("graceMs", graceMs);
      return connector.close(timerMs(graceMs));
    },
  };
  return channel;
}

/**
 * Narrows what users hold to what clients need; throws a TypeError for anything that
 * `createChannel` did not make.
 */
export function openChannel(channel: Channel): OpenChannel {
  if (!("acquire" in channel))
    throw new TypeError("this is not a channel: createChannel() makes one");
  return channel as OpenChannel;
}
