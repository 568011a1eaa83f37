import type { Outcome } from "@tightwire/core";
import type { Status } from "@tightwire/core/runtime";
import { MessageReader } from "../grpc/message-reader.js";
import { type MessageSender, MessageWriter, type SendingSession } from "../grpc/message-writer.js";
import type { MessageReceiver, ReceivingSession } from "../grpc/receiving.js";

/** The call that a stream carries, as the client or the server sees it. */
export interface StreamOwner extends MessageReceiver, MessageSender {
  /** Whether it has the peer's whole response, which a reset takes nothing away from. */
  readonly responded: boolean;
  /** DATA came before the head of the response. Client side. */
  dataBeforeHead(): void;
  /** The peer reset the stream. */
  reset(code: number): void;
  /** The connection closed, or will not carry the call: neither side finished it. */
  failed(status: Status, outcome: Outcome): void;
}

/** The connection that a stream belongs to. */
export interface StreamSession extends ReceivingSession, SendingSession {
  /** What a new stream may send. */
  readonly initialSendWindow: number;
}

/**
 * A stream of HTTP/2: its windows, and which sides have closed it. What its DATA carries is read
 * and written by its two halves, {@link MessageReader} and {@link MessageWriter}; what it is for is
 * its owner's. Source: RFC 9113, section 5.1.
 */
export class Stream {
  /** 0 while the call waits for a place among the concurrent ones. */
  id: number;
  readonly session: StreamSession;
  readonly owner: StreamOwner;
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Bytes that the peer may still send. */
  receiveWindow: number;
  /** Bytes that the peer still accepts. May be negative (RFC 9113, section 6.9.2). */
  sendWindow: number;
  /** This side sends nothing more. */
  localClosed = false;
  /** The peer sends nothing more. */
  remoteClosed = false;
  /** Both sides are done with it. */
  closed = false;
  /** Whether DATA may come: a client waits for the head of the response. */
  headReceived: boolean;
  /** Bytes of DATA that `content-length` promised and that are still to come. */
  contentLeft: number | undefined = undefined;

  constructor(session: StreamSession, owner: StreamOwner, id: number, headReceived: boolean) {
    this.id = id;
    this.session = session;
    this.owner = owner;
    this.reader = new MessageReader(this);
    this.writer = new MessageWriter(this);
    this.receiveWindow = session.streamWindowBytes;
    this.sendWindow = session.initialSendWindow;
    this.headReceived = headReceived;
  }

  /**
   * Counts DATA against `content-length`; false when it does not match. Source: RFC 9113, section
   * 8.1.1.
   */
  countContent(bytes: number, endStream: boolean): boolean {
    if (this.contentLeft === undefined) return true;
    this.contentLeft -= bytes;
    return endStream ? this.contentLeft === 0 : this.contentLeft >= 0;
  }

  /** Bytes that are held for it, in both directions. */
  get heldBytes(): number {
    return this.reader.heldBytes + (this.writer.outbox?.heldBytes ?? 0);
  }

  /** Drops what waits in both directions: the stream is closed. */
  release(): void {
    this.closed = true;
    this.writer.release();
    this.reader.release();
  }
}
