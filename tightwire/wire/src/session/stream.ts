import { type Cause, Status } from "@tightwire/core/runtime";
import { ErrorCode, MAX_FRAME_BYTES } from "../frames/protocol.js";
import { compress, type Decompressed, decompress } from "../grpc/compression.js";
import { checkPrefix, Inbox, type InboxFault, type InboxOwner, PREFIX_BYTES } from "./inbox.js";
import { Outbox } from "./outbox.js";
import type { Session } from "./session.js";

/** Above so many octets that wait, writing waits. */
const HIGH_WATER_BYTES = 65_536;
/** And after so many messages, or so many octets, in one turn of the event loop: other calls have theirs. */
const TURN_MESSAGES = 128;

/**
 * One call on a connection, from either side: a record with the call's windows and messages. What comes whole to somebody who waits for it passes straight through; what can be written is written
 * straight; everything else goes by way of an inbox or an outbox, which most calls never have.
 */
export abstract class Stream implements InboxOwner {
  /** 0 while the call waits for its turn. */
  id: number;
  /** Octets that the peer still takes of this stream. May be negative (RFC 9113, section 6.9.2). */
  sendWindow: number;
  /** Octets that the peer may still send on it. */
  receiveWindow: number;
  /** Nothing more is sent on it. */
  localEnded = false;
  /** The peer sends nothing more on it. */
  remoteEnded = false;
  /** It is over for both sides. */
  closed = false;
  /** What still waits to be sent. */
  outbox: Outbox | undefined = undefined;
  /** Whether the session has it among those to be sent from. */
  queued = false;
  /** Whether nothing more is written and the end follows what waits. */
  ending = false;
  /** Since when what waits has waited; for the session's stall timer. */
  waitsSince = 0;
  abstract readonly maxMessageBytes: number;
  /** Whether it holds its peer's whole answer, which a reset takes nothing away from. */
  get answered(): boolean {
    return false;
  }

  protected readonly session: Session;
  /** Whether compressed messages may come, since their encoding was named. */
  protected compressedAllowed = false;
  /** Octets of DATA that a content-length promised and that are still to come; undefined when there was none. */
  protected contentLeft: number | undefined = undefined;
  #credit = 0;
  #inbox: Inbox | undefined = undefined;
  #delivering = false;
  #endTold = false;
  #uncredited = 0;
  #turn = -1;
  #turnMessages = 0;
  #turnBytes = 0;
  #wantsDrained = false;

  constructor(session: Session, id: number) {
    this.session = session;
    this.id = id;
    this.sendWindow = session.initialSendWindow;
    this.receiveWindow = session.streamWindowBytes;
  }

  // ---- what the two sides make of it ----

  /** A message, in borrowed bytes. */
  protected abstract received(bytes: Buffer | Uint8Array, compressed: boolean): void;
  /** Every message was given, and the peer has ended. */
  protected abstract receivedAll(): void;
  /** What came, or would come, ends the call: it is reset or answered. */
  protected abstract refuse(cause: Cause): void;
  /** Writing may go on. */
  protected abstract drained(): void;
  /** Everything was sent but the end: sends that. */
  protected abstract writeEnd(): void;
  /** The connection is lost, or will not carry the call: the one way in which a stream ends that neither side ended. */
  abstract lost(cause: Cause, processed: "no" | "unknown"): void;
  /** The peer reset it. */
  abstract reset(code: number): void;

  // ---- receiving ----

  /** Allows so many more messages to be given. */
  pull(count: number): void {
    if (this.closed) return;
    this.#credit += count;
    if (this.#inbox === undefined) return;
    this.#deliver();
    this.session.creditConnection();
  }

  /** Octets that wait for a reader. */
  get unreadBytes(): number {
    return this.#inbox?.uncreditedBytes(this.#credit > 0) ?? 0;
  }

  /** Holds DATA to what a content-length promised; false when it does not keep it. Source: RFC 9113, section 8.1.1. */
  countContent(bytes: number, endStream: boolean): boolean {
    if (this.contentLeft === undefined) return true;
    this.contentLeft -= bytes;
    return endStream ? this.contentLeft === 0 : this.contentLeft >= 0;
  }

  /** DATA came. */
  data(bytes: Buffer, start: number, end: number, flowBytes: number, endStream: boolean): void {
    this.#uncredited += flowBytes;
    if (endStream) this.remoteEnded = true;
    const at = this.#inbox === undefined && start < end ? this.#passThrough(bytes, start, end) : start;
    if (this.#endTold || this.closed) return;
    if (at < end) {
      this.#inbox ??= new Inbox(this);
      const fault = this.#inbox.push(bytes, at, end);
      if (fault !== undefined) return this.#refuseMessage(fault);
    }
    this.#deliver();
  }

  /** The peer's trailers, or a head that is its end: no more messages come. */
  protected endReceived(): void {
    this.remoteEnded = true;
    this.#deliver();
  }

  /** Messages that are whole, plain and waited for need no copy. Returns where it stopped. */
  #passThrough(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (this.#credit > 0 && end - at >= PREFIX_BYTES && !this.closed) {
      const length = checkPrefix(bytes, at, this.maxMessageBytes);
      if (typeof length !== "number") {
        this.#refuseMessage(length);
        return end;
      }
      if (bytes[at] !== 0 || end - at - PREFIX_BYTES < length) break;
      this.#credit--;
      at += PREFIX_BYTES;
      this.received(bytes.subarray(at, at + length), false);
      at += length;
      if (this.#inbox !== undefined) break;
    }
    return at;
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    while (this.#inbox !== undefined && this.#credit > 0 && !this.closed) {
      const next = this.#inbox.take();
      if (next === undefined) break;
      if (next.compressed) this.#unpack(next.bytes);
      else {
        this.#credit--;
        this.received(next.bytes, false);
      }
    }
    this.#delivering = false;
    if (this.#inbox?.empty === true) this.#inbox = undefined;
    if (this.closed) return;
    if (this.remoteEnded) this.#tellEnd();
    else this.#giveCredit();
  }

  #unpack(bytes: Buffer): void {
    if (!this.compressedAllowed) return this.refuse(INTERNAL("a compressed message came without a grpc-encoding"));
    const inbox = this.#inbox as Inbox;
    this.#credit--;
    const now = decompress(
      bytes,
      this.maxMessageBytes,
      () => !this.closed,
      (later) => {
        inbox.busy = false;
        if (this.closed) return;
        this.#unpacked(later);
        this.#deliver();
      },
    );
    if (now === undefined) inbox.busy = true;
    else this.#unpacked(now);
  }

  #unpacked(result: Decompressed): void {
    if (result === "broken") this.refuse(INTERNAL("a compressed message cannot be decompressed"));
    else if (result === "too large") {
      const text = `a message is larger than the ${this.maxMessageBytes} bytes that are taken, once decompressed`;
      this.refuse({ code: Status.RESOURCE_EXHAUSTED, text });
    } else this.received(result, true);
  }

  #tellEnd(): void {
    if (this.#endTold || this.#inbox?.busy === true) return;
    if (this.#inbox !== undefined) {
      // What is whole waits for whoever asks for it; a part of a message will never be more.
      if (!this.#inbox.midMessage || this.#inbox.waits) return;
      this.#endTold = true;
      return this.refuse(INTERNAL("a message was cut short"));
    }
    this.#endTold = true;
    this.receivedAll();
  }

  #refuseMessage(fault: InboxFault): void {
    this.#endTold = true;
    if (fault.kind === "flag") return this.refuse(INTERNAL(`a message with the flag ${fault.flag}, which is none`));
    const text =
      fault.kind === "large"
        ? `a message of ${fault.bytes} bytes is larger than the ${this.maxMessageBytes} that are taken`
        : "the connection has more half-sent messages than it may";
    this.refuse({ code: Status.RESOURCE_EXHAUSTED, text });
  }

  /** Gives the window back for what was read: in halves, so that the peer never waits and few frames say so. */
  #giveCredit(): void {
    const free = this.#uncredited - this.unreadBytes;
    if (free < this.session.streamWindowBytes / 2) return;
    this.#uncredited -= free;
    this.receiveWindow += free;
    this.session.creditStream(this.id, free);
  }

  hold(bytes: number): boolean {
    return this.session.hold(bytes);
  }

  // ---- sending ----

  /** Sends a message; false when enough waits, until `drained`. */
  protected send(bytes: Uint8Array, compressed: boolean): boolean {
    if (compressed) return this.#sendCompressed(bytes);
    const length = PREFIX_BYTES + bytes.length;
    if (this.outbox === undefined && this.session.mayWrite(this, length)) {
      this.session.writeMessage(this, bytes, false, false);
      return this.#turnAllows(length);
    }
    this.#enqueue(bytes, false);
    return this.#outboxAllows();
  }

  /** Sends the last message and the end of the stream in one frame, where that can be. */
  protected sendLast(bytes: Uint8Array, compressed: boolean): void {
    this.ending = true;
    if (!compressed && this.outbox === undefined && this.session.mayWrite(this, PREFIX_BYTES + bytes.length)) {
      this.session.writeMessage(this, bytes, false, true);
      return this.session.localEnd(this);
    }
    if (compressed) this.#sendCompressed(bytes);
    else this.#enqueue(bytes, false);
  }

  /** Nothing more comes: the end follows what waits. */
  protected end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.outbox === undefined) this.writeEnd();
    else this.waitsSince = performance.now();
  }

  #sendCompressed(bytes: Uint8Array): boolean {
    let fill: ((bytes: Uint8Array) => void) | undefined;
    const now = compress(bytes, (later) => {
      if (this.closed || this.outbox === undefined) return;
      this.session.countWaiting(PREFIX_BYTES + later.length - bytes.length);
      fill?.(later);
      this.session.queue(this);
    });
    if (now === undefined) {
      fill = this.#queue().addLater(bytes.length);
      this.session.countWaiting(bytes.length);
    } else this.#enqueue(now, true);
    return this.#outboxAllows();
  }

  #enqueue(bytes: Uint8Array, compressed: boolean): void {
    this.#queue().add(bytes, compressed);
    this.session.countWaiting(PREFIX_BYTES + bytes.length);
  }

  #queue(): Outbox {
    if (this.outbox === undefined) {
      this.outbox = new Outbox();
      this.waitsSince = performance.now();
    }
    this.session.queue(this);
    return this.outbox;
  }

  #turnAllows(bytes: number): boolean {
    if (this.#turn !== this.session.turn) {
      this.#turn = this.session.turn;
      this.#turnMessages = 0;
      this.#turnBytes = 0;
    }
    this.#turnBytes += bytes;
    if (++this.#turnMessages < TURN_MESSAGES && this.#turnBytes < HIGH_WATER_BYTES) return true;
    return this.#wait();
  }

  #outboxAllows(): boolean {
    const { bytes, count } = this.outbox as Outbox;
    return bytes < HIGH_WATER_BYTES && count < TURN_MESSAGES ? true : this.#wait();
  }

  #wait(): false {
    if (!this.#wantsDrained) {
      this.#wantsDrained = true;
      this.session.waitForDrain(this);
    }
    return false;
  }

  /** A turn is over: whether the stream need not be asked again. */
  tellDrained(): boolean {
    if (!this.closed && this.outbox !== undefined && (this.outbox.bytes > HIGH_WATER_BYTES / 2 || this.outbox.count > TURN_MESSAGES / 2)) {
      return false;
    }
    this.#wantsDrained = false;
    if (!this.closed) this.drained();
    return true;
  }

  /** Sends one frame of what waits, of at most `most` octets; false when nothing can be sent now. */
  sendSome(most: number): boolean {
    const outbox = this.outbox as Outbox;
    const count = outbox.sendable(Math.min(most, this.sendWindow, MAX_FRAME_BYTES));
    if (count <= 0) return false;
    const last = count === outbox.bytes;
    this.session.writePart(this, outbox, count, last && this.ending && this.endsWithData);
    this.waitsSince = performance.now();
    if (!last || outbox.count > 0) return true;
    this.outbox = undefined;
    if (!this.ending) return false;
    if (this.endsWithData) this.session.localEnd(this);
    else this.writeEnd();
    return false;
  }

  /** Whether the last DATA frame ends the stream: a client's does, a server's trailers do. */
  protected abstract readonly endsWithData: boolean;

  /** Forgets what waits: the stream is over. */
  release(): void {
    this.closed = true;
    if (this.outbox !== undefined) this.session.countWaiting(-this.outbox.bytes);
    this.outbox = undefined;
    this.#inbox?.clear();
    this.#inbox = undefined;
  }

  /** The peer is told that the stream is over. */
  protected sendReset(code: number = ErrorCode.CANCEL): void {
    this.session.resetStream(this, code);
  }
}

function INTERNAL(text: string): Cause {
  return { code: Status.INTERNAL, text };
}
