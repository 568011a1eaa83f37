import {
  type InterceptorNext,
  type MethodDefinition,
  MisuseError,
  type Observer,
} from "@tightwire/core";
import type {
  Clock,
  Completion,
  Connection,
  Deadline,
  Report,
  Status,
} from "@tightwire/core/runtime";
import type { EndpointStatus } from "../endpoints/endpoint-status.js";

/**
 * A target with its endpoints and connections. Make one for each service that you call, and keep
 * it: it connects when it is first used, and again after its connection closes.
 */
export interface Channel {
  /** As it was given to `createChannel`. */
  readonly target: string;
  /**
   * The endpoints that it knows, for a console or a health page. None before the first call when
   * the target has to be looked up.
   */
  endpoints(): readonly EndpointStatus[];
  /**
   * Closes the channel: it accepts no new calls, and calls in flight have `graceMs` milliseconds
   * (default 0; `Infinity` for as long as they take) to finish. Never rejects. Throws a MisuseError
   * (`TW_INVALID_OPTION`) for any other `graceMs`.
   */
  close(graceMs?: number): Promise<void>;
}

/** A channel as the calls of this package see it. */
export interface OpenChannel extends Channel {
  readonly kind: "channel";
  readonly settings: ChannelSettings;
  /** The connection for the next call; undefined when there is none now. */
  ready(): Connection | undefined;
  /**
   * Waits for a connection: exactly one of the two is called, later. Returns a function that stops
   * waiting.
   */
  acquire(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void;
  /** Hears how attempts finish; undefined when nobody wants to know. */
  readonly attempts: AttemptWatch | undefined;
}

/** Who hears of the attempts that are sent over connections of `ready` or `acquire`. */
export interface AttemptWatch {
  /** An attempt begins; undefined when nobody wants to hear of it. */
  started(connection: Connection): WatchedAttempt | undefined;
}

/** An attempt that a channel wants to hear of. */
export interface WatchedAttempt {
  /** The peer of a stream begins to respond. */
  responded(): void;
  /**
   * Called once. `unary`: whether the duration is the peer's; how long a stream lasts is up to its
   * user. `deadline`: that of its call.
   */
  finished(completion: Completion, unary: boolean, deadline: Deadline): void;
}

/** The options that calls read. */
export interface ChannelSettings {
  /** A method with the policy that holds on this channel; for each method once, not each call. */
  readonly withPolicy: (method: MethodDefinition) => MethodDefinition;
  /** Whether requests are checked against the rules of their contract. */
  readonly validateRequests: boolean;
  /** The interceptors around every call; undefined when there are none. */
  readonly chain: InterceptorNext | undefined;
  readonly observer: Observer | undefined;
  readonly clock: Clock;
  /** Hears what user code threw where that changes no call. */
  readonly report: Report;
}

/**
 * Narrows the channel that a user holds to what calls need. Throws a {@link MisuseError}
 * (`TW_NOT_A_CHANNEL`) for anything that `createChannel` did not make.
 */
export function openChannel(channel: Channel): OpenChannel {
  if ((channel as Partial<OpenChannel> | null | undefined)?.kind === "channel")
    return channel as OpenChannel;
  throw new MisuseError(
    "TW_NOT_A_CHANNEL",
    `the channel of a client must be made by createChannel() (got ${shown(channel)})`,
  );
}

/** Enough of a value to recognize it; an object may be large, or hold secrets. */
function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "another object" : String(value);
}
