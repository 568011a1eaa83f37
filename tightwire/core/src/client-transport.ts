import type { Clock } from "./clock.js";
import type { Report } from "./containment.js";
import type { Deadline } from "./deadline.js";
import type { Metadata } from "./metadata.js";
import type { Random } from "./random.js";
import type { Status } from "./status.js";
import type { Borrowed, Capabilities, Completion } from "./transport.js";

/** A call as a connection sends it. */
export interface OutgoingCall {
  readonly path: string;
  readonly metadata: Metadata;
  /**
   * The deadline; `Infinity` for none. The transport tells the peer how much time is left; the
   * caller enforces it.
   */
  readonly deadline: Deadline;
  /**
   * Whether messages may be sent compressed, where the transport can; the peer is told. A stream
   * decides for each message.
   */
  readonly compress: boolean;
  /** How many attempts came before this one (`grpc-previous-rpc-attempts`). */
  readonly previousAttempts: number;
  /**
   * Streaming calls: how long neither side may send a message, in milliseconds. The caller enforces
   * it. Default: `Infinity`.
   */
  readonly idleTimeoutMs?: number;
}

/** Hears how a unary call finished. */
export interface UnarySink {
  /** `message` is given exactly when the code is OK; `compressed` says how it came. */
  finished(end: Completion, message: Borrowed | undefined, compressed?: boolean): void;
}

/** Hears the response of a streaming call. */
export interface ResponseSink {
  /** At most once, before any message. */
  headers(metadata: Metadata): void;
  /** `compressed` says how it came. */
  message(bytes: Borrowed, compressed?: boolean): void;
  /**
   * Whether somebody waits for the next message. While nobody does, a transport with limits keeps
   * it undecoded when it has no room to spare. Default: yes.
   */
  awaits?(): boolean;
  /** A `write` returned false, and writing may go on. */
  drained(): void;
  finished(end: Completion): void;
}

/** A call in flight. */
export interface CallHandle {
  /** Cancels the call on both sides; `finished` is called with `status` before this returns. */
  cancel(status: Status): void;
}

/** A streaming call in flight. */
export interface StreamHandle extends CallHandle {
  /**
   * Sends a message; false when enough is waiting, until `drained`. `compress` (default: the
   * call's) sends single messages of a compressed call uncompressed.
   */
  write(bytes: Uint8Array, compress?: boolean): boolean;
  /** No more messages from this side. */
  halfClose(): void;
  /**
   * Allows `count` more messages to be given to the sink. Without it none is given. A negative
   * count takes back what was asked for and has not come; 0 says that a reader waits now.
   */
  pull(count: number): void;
  /**
   * The sink keeps so many bytes of messages that nobody has taken yet, or no longer (negative).
   * They count against the transport's limits. When the call has finished they no longer do.
   */
  hold?(bytes: number): void;
}

/** `ready` takes calls; `draining` takes none and finishes those in flight; `closed` is final. */
export type ConnectionState = "ready" | "draining" | "closed";

/** What is known of a connection. */
export interface ConnectionInfo {
  /** `127.0.0.1:50051`, `unix:/run/catalog.sock`, or `in-process`. */
  readonly address: string;
  /** `h2`, `h2c` or `in-process`. */
  readonly protocol: string;
}

/** A session with one endpoint, connected. */
export interface Connection {
  readonly info: ConnectionInfo;
  /** How many calls can start now without waiting; 0 when it is not `ready`. */
  readonly capacity: number;
  /** Whether its peer has responded to any call, and not only that it is unavailable. */
  readonly responded: boolean;
  /** Hears each change of state, at most two. */
  onState(listener: (state: ConnectionState, why?: Status) => void): void;
  /** One message out, one in. */
  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): CallHandle;
  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle;
  /**
   * Closes it: no new calls; those in flight have `graceMs` milliseconds to finish, then they
   * finish with `status`. Default: UNAVAILABLE, "the connection was closed".
   */
  close(graceMs: number, status?: Status): Promise<void>;
}

/** Where a connection goes. */
export interface Endpoint {
  /** `127.0.0.1:50051`, `[::1]:50051`, `catalog:50051` or `unix:/run/catalog.sock`. */
  readonly address: string;
  /**
   * The name and port of the target: what calls give as `:authority`, and what a certificate must
   * prove.
   */
  readonly authority: string;
}

/** Settings of a connection that the channel decides. */
export interface ConnectOptions {
  /**
   * How long connecting may take, in milliseconds; and how long a peer that is suspected to be gone
   * may take to acknowledge a PING.
   */
  readonly timeoutMs: number;
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  /** The channel's time and chance, which the connection uses. */
  readonly clock: Clock;
  readonly random: Random;
  /** Hears what the code above the transport threw, which fails one call. Default: stderr. */
  readonly report?: Report;
  /**
   * Aborts when the connection is no longer wanted: the transport then drops the attempt, and
   * rejects.
   */
  readonly signal?: AbortSignal;
}

/** The client's half of a transport. */
export interface ClientTransport {
  /** `grpc-js`, `in-process`, `wire`. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Connects, or rejects with an Error whose message says why. */
  connect(endpoint: Endpoint, options: ConnectOptions): Promise<Connection>;
}
