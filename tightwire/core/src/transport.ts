import type { Clock } from "./clock.js";
import type { Deadline } from "./deadline.js";
import type { Metadata } from "./metadata.js";
import type { Peer } from "./peer.js";
import type { Random } from "./random.js";
import type { Outcome, Status } from "./status.js";

/**
 * The transport seam: bytes and metadata between two endpoints, with no message types. It is built
 * on handles and sinks rather than promises, abort signals and thrown errors, which cost more than
 * the call itself and are made once, above it, where a user sees them.
 *
 * Rules that hold for every transport, both ways:
 * - A sink's ending (`done`, `cancelled`) comes exactly once a call, and nothing after it.
 * - `cancel` ends the call before it returns: `done` has then been called, with the cause, unless
 *   it was before.
 * - Bytes given to a sink are borrowed: valid until the callback returns. Bytes given to a
 *   transport are the transport's from then on.
 * - Nobody hears of a call before `unary` or `stream` has returned its handle; a handler in the
 *   same process may run before.
 * - No method throws for what a peer does.
 */

/**
 * Bytes that are valid until the callback they are given to returns; who keeps them copies them.
 */
export type Borrowed = Uint8Array;

/** How a call ended, as its client sees it. */
export interface Completion extends Status {
  /**
   * What the answer's head carried; undefined when none came, or it was given to `headers` before.
   */
  readonly headers: Metadata | undefined;
  readonly trailers: Metadata | undefined;
  readonly outcome: Outcome;
  /** Whether the peer said so, or this side found it. */
  readonly origin: "local" | "peer";
}

/** What a transport can do beyond the plain calls. */
export interface Capabilities {
  /** Requests can be sent compressed (gzip). */
  readonly compressRequests: boolean;
  /** Answers can be sent compressed (gzip). */
  readonly compressResponses: boolean;
  /** A refused or lost call says whether it was processed. */
  readonly knowsOutcome: boolean;
}

// ---- client side ----

/** A call as a connection sends it. */
export interface OutgoingCall {
  readonly path: string;
  readonly metadata: Metadata;
  /**
   * When the call is over; `Infinity` for never. The transport tells the peer what is left; to keep
   * it is the caller's part.
   */
  readonly deadline: Deadline;
  /**
   * Messages may be sent compressed where the transport can, which is told to the peer; a stream
   * decides message by message.
   */
  readonly compress: boolean;
  /** Set on every attempt after the first: how many came before (`grpc-previous-rpc-attempts`). */
  readonly previousAttempts: number;
}

/** Hears the end of a unary call. */
export interface UnarySink {
  /** `message` is there exactly when the code is OK; `compressed` says how it came. */
  finished(end: Completion, message: Borrowed | undefined, compressed?: boolean): void;
}

/** Hears the answer of a streaming call. */
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
  /** Ends the call on both sides; `done` is called with the cause before this returns. */
  cancel(cause: Status): void;
}

/** A streaming call in flight. */
export interface StreamHandle extends CallHandle {
  /**
   * Takes a message; false when enough is waiting, until `drained`. `compress` (default: as the
   * call says) leaves single messages of a compressed call as they are.
   */
  write(bytes: Uint8Array, compress?: boolean): boolean;
  /** No more messages from this side. */
  halfClose(): void;
  /** Allows `count` more messages to be given to the sink. None is given without. */
  pull(count: number): void;
}

/** `ready` takes calls; `draining` finishes those it has; `closed` is over. */
export type ConnectionState = "ready" | "draining" | "closed";

/** What is known of a connection. */
export interface ConnectionInfo {
  /** `127.0.0.1:50051`, `unix:/run/catalog.sock`, or an in-process server's name. */
  readonly address: string;
  /** `h2`, `h2c` or `in-process`. */
  readonly protocol: string;
}

/** One session to one endpoint, connected. */
export interface Connection {
  readonly info: ConnectionInfo;
  /** Calls that may start now; 0 when it is not `ready`. */
  readonly capacity: number;
  /** Hears each change of state, at most two. */
  onState(listener: (state: ConnectionState, why?: Status) => void): void;
  /** One message out, one in. */
  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): CallHandle;
  stream(call: OutgoingCall, sink: ResponseSink): StreamHandle;
  /** Ends it: no new calls, those in flight have `graceMs` to end, then they end as UNAVAILABLE. */
  close(graceMs: number): Promise<void>;
}

/** Where a connection goes. */
export interface Endpoint {
  /** `127.0.0.1:50051`, `[::1]:50051`, `catalog:50051` or `unix:/run/catalog.sock`. */
  readonly address: string;
  /**
   * What calls name as their host, and what a certificate must prove: the target's name and port.
   */
  readonly authority: string;
}

/** Settings of a connection that the channel decides. */
export interface ConnectOptions {
  /** How long connecting may take. */
  readonly timeoutMs: number;
  /** The largest message that is taken, after decompression. */
  readonly maxMessageBytes: number;
  /** The channel's time and chance, which the connection goes by. */
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Aborts when nobody wants the connection any more: nothing of the attempt is left then, and it
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

/** How a server ends a call. */
export interface FinalStatus extends Status {
  readonly trailers: Metadata | undefined;
}

/**
 * A call as a server receives it, and the way to answer it. The transport implements it; after the
 * end of a call its methods do nothing.
 */
export interface IncomingCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /**
   * From the caller's `grpc-timeout`; `Infinity` when it sent none. To keep it is the server's
   * part.
   */
  readonly deadline: Deadline;
  /**
   * What is wrong with its head (a malformed `grpc-timeout`): the server ends the call so, and
   * nobody reads it.
   */
  readonly fault?: Status | undefined;
  /** Allows `count` more messages to be given to the sink. None is given without. */
  pull(count: number): void;
  /**
   * Sends the head of the answer. Without it the first message or the end sends an empty one.
   * `compress`: messages may follow compressed.
   */
  headers(metadata: Metadata, compress?: boolean): void;
  /** Takes a message of the answer; false when enough is waiting, until `drained`. */
  write(bytes: Uint8Array, compress: boolean): boolean;
  /** The whole answer of a unary call that is OK: head, message and trailers in one go. */
  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void;
  /** Ends the call. What was written before arrives before. */
  finish(answer: FinalStatus): void;
  /**
   * No handler runs any more: once this was called and the call has ended (in either order) it
   * stops counting among the concurrent ones.
   */
  handlerFinished(): void;
}

/** What {@link Acceptor.open} decides: who reads the call, or the status that ends it at once. */
export type OpenedCall = IncomingSink | { readonly kind: "refused"; readonly status: FinalStatus };

/** Reads a call that was accepted. */
export interface IncomingSink {
  readonly kind: "accepted";
  /**
   * The transport has taken the sink: called once, right after `open`; reading (`pull`) and
   * answering begin here.
   */
  start(): void;
  /** `compressed` says how it came. */
  message(bytes: Borrowed, compressed?: boolean): void;
  /** The caller has sent all its messages. */
  halfClosed(): void;
  /** A `write` returned false, and writing may go on. */
  drained(): void;
  /**
   * The caller cancelled or is gone, or the message it sent was refused by the transport, which has
   * told it so. Nothing can be sent any more.
   */
  cancelled(cause: Status): void;
}

/** What a transport asks of the server above it. */
export interface Acceptor {
  /** The largest message that is taken, after decompression. */
  readonly maxMessageBytes: number;
  /** The server's time and chance, which its connections go by. */
  readonly clock: Clock;
  readonly random: Random;
  /** Decides on a call by its head, before any body is buffered: how to read it, or how it ends. */
  open(call: IncomingCall): OpenedCall;
}

/** A server that listens. */
export interface Listener {
  /** Where: `127.0.0.1:50051` (with the port that was chosen), `unix:/run/catalog.sock`. */
  readonly address: string;
  /**
   * No new connections, no new calls; resolves when those in flight have ended, or were ended,
   * after `graceMs`.
   */
  drain(graceMs: number): Promise<void>;
  /** Ends everything now. */
  closeNow(): Promise<void>;
}

/** The server's half of a transport. */
export interface ServerTransport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Listens, or rejects with an Error whose message says why (`127.0.0.1:50051 is in use`). */
  listen(address: string, acceptor: Acceptor): Promise<Listener>;
}
