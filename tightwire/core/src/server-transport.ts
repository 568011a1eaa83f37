import type { Clock } from "./clock.js";
import type { Report } from "./containment.js";
import type { Deadline } from "./deadline.js";
import type { Lender } from "./definition.js";
import type { LimitActed, LimitsReport } from "./limits-report.js";
import type { Metadata } from "./metadata.js";
import type { Peer } from "./peer.js";
import type { Random } from "./random.js";
import type { Status } from "./status.js";
import type { Borrowed, Capabilities } from "./transport.js";

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
  /** When it came, by the acceptor's clock. Default: now. */
  readonly receivedAt?: number | undefined;
  /**
   * What is wrong with its head, such as a malformed `grpc-timeout`: the server finishes the call
   * with it, and no handler runs.
   */
  readonly fault?: Status | undefined;
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
  /**
   * Sends the head of the response. Otherwise the first message or the end sends an empty one.
   * `compress`: messages may follow compressed.
   */
  headers(metadata: Metadata, compress?: boolean): void;
  /**
   * Sends a message; false when enough is waiting, until `drained`. Once it was copied it may be
   * given back to the lender.
   */
  write(bytes: Uint8Array, compress: boolean, lender?: Lender): boolean;
  /**
   * Sends the whole response of a unary call that is OK: head, message and trailers. Once the
   * message was copied it may be given back to the lender.
   */
  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
    lender?: Lender,
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
  /**
   * Whether somebody waits for the next message. While nobody does, a transport with limits keeps
   * it undecoded when it has no room to spare. `ended`: the caller has sent all its messages, or
   * more than one waits. Default: yes.
   */
  awaits?(ended: boolean): boolean;
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
  /** Hears of what `open` and its sinks throw, which fails that call alone. Default: stderr. */
  readonly report?: Report;
  /** Hears each time that a limit stopped a peer; must be cheap, and must not throw. */
  readonly limitActed?: ((event: LimitActed) => void) | undefined;
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
  /** What peers make it hold, if the transport keeps books. */
  limits?(): LimitsReport;
}

/** The server's half of a transport. */
export interface ServerTransport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Listens, or rejects with an Error whose message says why (`127.0.0.1:50051 is in use`). */
  listen(address: string, acceptor: Acceptor): Promise<Listener>;
}
