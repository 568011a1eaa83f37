import { type Status, StatusNumber } from "@tightwire/core/runtime";
import { type Decompressed, decompress } from "../grpc/compression.js";
import { checkPrefix, Inbox, type InboxFault, type InboxOwner, PREFIX_BYTES } from "./inbox.js";
import type { Session } from "./session.js";

/**
 * The half of a call that receives. A message that comes whole, plain and to somebody who waits for
 * it passes straight through as a view of what came; everything else goes by way of an inbox, which
 * most calls never have.
 */
export abstract class StreamReader implements InboxOwner {
  /** 0 while the call waits for its turn. */
  id: number;
  /** Octets that the peer may still send on it. */
  receiveWindow: number;
  /** The peer sends nothing more on it. */
  remoteEnded = false;
  /** It is over for both sides. */
  closed = false;
  abstract readonly maxMessageBytes: number;
  /** What is said, for a person, when what came ends inside a message. */
  protected abstract readonly cutShort: string;

  protected readonly session: Session;
  /** Whether compressed messages may come, since their encoding was named. */
  protected compressedAllowed = false;
  /**
   * Octets of DATA that a content-length promised and that are still to come; undefined when there
   * was none.
   */
  protected contentLeft: number | undefined = undefined;
  #credit = 0;
  #inbox: Inbox | undefined = undefined;
  #delivering = false;
  #endTold = false;
  #uncredited = 0;

  constructor(session: Session, id: number) {
    this.session = session;
    this.id = id;
    this.receiveWindow = session.streamWindowBytes;
  }

  /** A message, in borrowed bytes. */
  protected abstract received(bytes: Uint8Array, compressed: boolean): void;
  /** Every message was given, and the peer has ended. */
  protected abstract receivedAll(): void;
  /** What came, or would come, ends the call: it is reset or answered. */
  protected abstract refuse(cause: Status): void;

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

  /**
   * Holds DATA to what a content-length promised; false when it does not keep it. Source: RFC 9113,
   * section 8.1.1.
   */
  countContent(bytes: number, endStream: boolean): boolean {
    if (this.contentLeft === undefined) return true;
    this.contentLeft -= bytes;
    return endStream ? this.contentLeft === 0 : this.contentLeft >= 0;
  }

  /** DATA came. */
  data(bytes: Buffer, start: number, end: number, flowBytes: number, endStream: boolean): void {
    this.#uncredited += flowBytes;
    if (endStream) this.remoteEnded = true;
    const at =
      this.#inbox === undefined && start < end ? this.#passThrough(bytes, start, end) : start;
    if (this.#endTold || this.closed) return;
    if (at < end) {
      this.#inbox ??= new Inbox(this);
      const fault = this.#inbox.push(bytes, at, end);
      if (fault !== undefined) {
        this.#giveWhole();
        if (!this.closed) this.#refuseMessage(fault);
        return;
      }
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

  /** Gives the messages that are whole to somebody who waits for them. */
  #giveWhole(): void {
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
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#giveWhole();
    if (this.#inbox?.empty === true) this.#inbox = undefined;
    if (this.closed) return;
    if (this.remoteEnded) this.#tellEnd();
    else this.#giveCredit();
  }

  #unpack(bytes: Buffer): void {
    if (!this.compressedAllowed)
      return this.refuse(INTERNAL("a compressed message came without a grpc-encoding"));
    const inbox = this.#inbox as Inbox;
    this.#credit--;
    const now = decompress(
      this.session.clock,
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
      this.refuse({ code: StatusNumber.RESOURCE_EXHAUSTED, message: text });
    } else this.received(result, true);
  }

  #tellEnd(): void {
    if (this.#endTold || this.#inbox?.busy === true) return;
    if (this.#inbox !== undefined) {
      // What is whole waits for whoever asks for it; a part of a message will never be more.
      if (!this.#inbox.midMessage || this.#inbox.waits) return;
      this.#endTold = true;
      return this.refuse(INTERNAL(this.cutShort));
    }
    this.#endTold = true;
    this.receivedAll();
  }

  #refuseMessage(fault: InboxFault): void {
    this.#endTold = true;
    if (fault.kind === "flag")
      return this.refuse(INTERNAL(`a message with the flag ${fault.flag}, which is none`));
    const text =
      fault.kind === "large"
        ? `a message of ${fault.bytes} bytes is larger than the ${this.maxMessageBytes} that are taken`
        : "the connection has more half-sent messages than it may";
    this.refuse({ code: StatusNumber.RESOURCE_EXHAUSTED, message: text });
  }

  /**
   * Gives the window back for what was read: in halves, so that the peer never waits and few frames
   * say so.
   */
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

  /** Forgets what waits. */
  protected dropReceived(): void {
    this.#inbox?.clear();
    this.#inbox = undefined;
  }
}

function INTERNAL(text: string): Status {
  return { code: StatusNumber.INTERNAL, message: text };
}
