import type { Clock } from "./clock.js";
import type { Deadline } from "./deadline.js";
import type { Metadata } from "./metadata.js";
import type { Peer } from "./peer.js";
import type { Random } from "./random.js";
import type { Outcome, Status } from "./status.js";

/**
 * The transport seam: bytes and metadata between two endpoints, without message types. It consists
 * of handles and sinks. Promises, abort signals and thrown errors would cost more than the call
 * itself; they are made once, above the seam, where a user sees them.
 *
 * Rules for every transport, in both directions:
 * - A sink hears how its call finished (`finished`, `cancelled`) exactly once, and nothing after
 *   it.
 * - `cancel` finishes the call before it returns: `finished` has been called by then, with the
 *   status that was given, unless it was called before.
 * - Bytes given to a sink are borrowed: valid until the callback returns. Bytes given to a
 *   transport belong to the transport.
 * - No sink hears of a call before `unary` or `stream` has returned its handle; a handler in the
 *   same process may run before.
 * - No method throws because of what a peer does.
 */

/** Bytes that are valid until the callback that gets them returns; copy them to keep them. */
export type Borrowed = Uint8Array;

/** How a call finished, as its client sees it. */
export interface Completion extends Status {
  /** The response's headers; undefined if none came, or if `headers` was called with them. */
  readonly headers: Metadata | undefined;
  readonly trailers: Metadata | undefined;
  readonly outcome: Outcome;
  /** Whether the peer sent the status, or this side found it. */
  readonly origin: "local" | "peer";
}

/** What a transport can do beyond plain calls. */
export interface Capabilities {
  /** It can send requests compressed (gzip). */
  readonly compressRequests: boolean;
  /** It can send responses compressed (gzip). */
  readonly compressResponses: boolean;
  /** It knows the {@link Outcome} of a call that was refused, or whose connection closed. */
  readonly knowsOutcome: boolean;
}

// ---- client side ----

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
  /** Allows `count` more messages to be given to the sink. Without it none is given. */
  pull(count: number): void;
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
  /** Hears each change of state, at most two. */
  onState(listener: (state: ConnectionState, why?: Status) => void): void;
  /** One message out, one in. */
  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): CallHandle;
  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle;
  /**
   * Closes it: no new calls; those in flight have `graceMs` to finish, then they finish as
   * UNAVAILABLE.
   */
  close(graceMs: number): Promise<void>;
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
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  /** The channel's time and chance, which the connection uses. */
  readonly clock: Clock;
  readonly random: Random;
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

// ---- server side ----

/** How a server finishes a call: its status and trailers. */
export interface FinalStatus extends Status {
  readonly trailers: Metadata | undefined;
}

/**
 * A call as a server receives it, and the way to respond. The transport implements it; after the
 * call has finished its methods do nothing.
 */
export interface IncomingCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** From the caller's `grpc-timeout`; `Infinity` without one. The server enforces it. */
  readonly deadline: Deadline;
  /**
   * What is wrong with its head, such as a malformed `grpc-timeout`: the server finishes the call
   * with it, and no handler runs.
   */
  readonly fault?: Status | undefined;
  /** Allows `count` more messages to be given to the sink. Without it none is given. */
  pull(count: number): void;
  /**
   * Sends the head of the response. Otherwise the first message or the end sends an empty one.
   * `compress`: messages may follow compressed.
   */
  headers(metadata: Metadata, compress?: boolean): void;
  /** Sends a message; false when enough is waiting, until `drained`. */
  write(bytes: Uint8Array, compress: boolean): boolean;
  /** Sends the whole response of a unary call that is OK: head, message and trailers. */
  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void;
  /** Finishes the call. What was written before arrives before. */
  finish(status: FinalStatus): void;
  /**
   * No handler runs any more. Once this was called and the call has finished, in either order, the
   * call no longer counts among the concurrent ones.
   */
  handlerFinished(): void;
}

/**
 * What {@link Acceptor.open} decides: who reads the call, or the status that finishes it at once.
 */
export type OpenedCall = IncomingSink | { readonly kind: "refused"; readonly status: FinalStatus };

/** Reads a call that was accepted. */
export interface IncomingSink {
  readonly kind: "accepted";
  /**
   * The transport has taken the sink. Called once, right after `open`; reading (`pull`) and
   * responding begin here.
   */
  start(): void;
  /** `compressed` says how it came. */
  message(bytes: Borrowed, compressed?: boolean): void;
  /** The caller has sent all its messages. */
  halfClosed(): void;
  /** A `write` returned false, and writing may go on. */
  drained(): void;
  /**
   * The caller cancelled or is gone, or the transport refused one of its messages and told it so.
   * Nothing can be sent any more.
   */
  cancelled(status: Status): void;
}

/** What a transport asks of the server above it. */
export interface Acceptor {
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  /** The server's time and chance, which its connections use. */
  readonly clock: Clock;
  readonly random: Random;
  /** Decides on a call by its head, before any of its body is buffered. */
  open(call: IncomingCall): OpenedCall;
}

/** A server that listens. */
export interface Listener {
  /** Where: `127.0.0.1:50051` (with the port that was chosen), `unix:/run/catalog.sock`. */
  readonly address: string;
  /**
   * No new connections, no new calls. Resolves when the calls in flight have finished, at the
   * latest after `graceMs`, when they are finished by force.
   */
  drain(graceMs: number): Promise<void>;
  /** Closes everything now. */
  closeNow(): Promise<void>;
}

/** The server's half of a transport. */
export interface ServerTransport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Listens, or rejects with an Error whose message says why (`127.0.0.1:50051 is in use`). */
  listen(address: string, acceptor: Acceptor): Promise<Listener>;
}
