import { type Status, StatusNumber } from "@tightwire/core/runtime";
import { DECODED_FACTOR, TOO_MUCH_HELD } from "../session/account.js";
import type { Compression, Decompressed } from "./compression.js";
import { Inbox, type InboxOwner } from "./inbox.js";
import { checkPrefix, type MessageFault, PREFIX_BYTES } from "./message-prefix.js";
import type { ReceivingStream } from "./receiving.js";

/**
 * The messages that a stream receives: DATA to messages, as many as were asked for. A message that
 * comes whole and uncompressed passes straight through as a view of what came, if somebody waits
 * for it or there is room to decode it ahead. Everything else goes through an inbox, which most
 * calls never have.
 */
export class MessageReader implements InboxOwner {
  /** What compressed messages are compressed with, as `grpc-encoding` says. */
  compression: Compression | undefined = undefined;
  readonly #stream: ReceivingStream;
  #credit = 0;
  #inbox: Inbox | undefined = undefined;
  #delivering = false;
  #endTold = false;
  #uncredited = 0;
  /** Bytes that wait for a reader: the peer gets no credit for them yet. */
  #unread = 0;
  /** Bytes held, as the account counts them: undecoded and decoded. */
  #undecoded = 0;
  #decoded = 0;

  constructor(stream: ReceivingStream) {
    this.#stream = stream;
  }

  get maxMessageBytes(): number {
    return this.#stream.session.maxMessageBytes;
  }

  /**
   * Allows `count` more messages to be given to the owner; 0 says that somebody waits for one, a
   * negative count takes back.
   */
  pull(count: number): void {
    if (this.#stream.closed) return;
    this.#credit += count;
    if (this.#inbox === undefined) return;
    this.#deliver();
    this.#stream.session.credit.give();
  }

  /** Bytes held of the stream. */
  get heldBytes(): number {
    return this.#undecoded + this.#decoded;
  }

  /** The owner keeps so many bytes of messages that nobody has taken, or no longer (negative). */
  holdDecoded(bytes: number): void {
    if (this.#stream.closed) return;
    const cost = bytes * DECODED_FACTOR;
    this.#decoded += cost;
    this.#stream.session.account.moveDecoded(cost);
  }

  /** Tells the connection of bytes that the peer gets no credit for yet. */
  #countUnread(): void {
    const { owner, session } = this.#stream;
    const inbox = this.#inbox;
    let bytes = 0;
    // What somebody waits for waits for the peer itself: for the rest of a message, or for the end.
    if (inbox !== undefined && (this.#credit <= 0 || inbox.busy || !owner.awaits(true)))
      bytes = inbox.uncreditedBytes(this.#credit > 0 && !session.account.crowded);
    session.credit.countUnread(bytes - this.#unread);
    this.#unread = bytes;
  }

  /** DATA came. */
  data(bytes: Buffer, start: number, end: number, flowBytes: number, endStream: boolean): void {
    const stream = this.#stream;
    this.#uncredited += flowBytes;
    if (endStream) stream.remoteClosed = true;
    const at =
      this.#inbox === undefined && start < end ? this.#passThrough(bytes, start, end) : start;
    if (this.#endTold || stream.closed) return;
    if (at < end) {
      this.#inbox ??= new Inbox(this);
      const fault = this.#inbox.push(bytes, at, end);
      if (fault !== undefined) {
        this.#giveWhole();
        if (!stream.closed) this.#refuseMessage(fault);
        return;
      }
    }
    this.#deliver();
  }

  /** The peer's trailers, or a head that is its end, came: no more messages come. */
  endReceived(): void {
    this.#stream.remoteClosed = true;
    this.#deliver();
  }

  /** Counts bytes that are held from now on, or no longer (negative); false when too many. */
  hold(bytes: number): boolean {
    const { account, credit } = this.#stream.session;
    if (!account.holdUndecoded(bytes)) return false;
    this.#undecoded += bytes;
    if (bytes < 0) credit.give();
    return true;
  }

  /** Drops what waits. */
  release(): void {
    if (this.#decoded > 0) this.#stream.session.account.moveDecoded(-this.#decoded);
    this.#decoded = 0;
    this.#drop();
  }

  #drop(): void {
    if (this.#inbox === undefined) return;
    const inbox = this.#inbox;
    this.#inbox = undefined;
    this.#countUnread();
    inbox.clear();
  }

  /** Whether a message may be decoded now. `bytes` is what it may be at most. */
  #mayGive(bytes: number): boolean {
    const { account } = this.#stream.session;
    return account.hasRoomAhead(bytes) || this.#isAwaited();
  }

  #isAwaited(): boolean {
    const { owner, remoteClosed } = this.#stream;
    return owner.awaits(remoteClosed || this.#inbox?.waitsForMany === true);
  }

  /** Gives messages that are whole, uncompressed and asked for, without a copy. Returns where it
   * stopped. */
  #passThrough(bytes: Buffer, start: number, end: number): number {
    const stream = this.#stream;
    const { owner, session } = stream;
    let at = start;
    while (this.#credit > 0 && end - at >= PREFIX_BYTES && !stream.closed) {
      const length = checkPrefix(bytes, at, session.maxMessageBytes);
      if (typeof length !== "number") {
        this.#refuseMessage(length);
        return end;
      }
      if (bytes[at] !== 0 || end - at - PREFIX_BYTES < length || !this.#mayGive(length)) break;
      this.#credit--;
      at += PREFIX_BYTES;
      owner.message(bytes.subarray(at, at + length), false);
      at += length;
      if (this.#inbox !== undefined) break;
    }
    return at;
  }

  /** Gives the messages of the inbox that are whole and asked for. */
  #giveWhole(): void {
    this.#delivering = true;
    while (this.#inbox !== undefined && this.#credit > 0 && !this.#stream.closed) {
      const bytes = this.#inbox.nextBytes;
      if (bytes === undefined) break;
      const most = this.#inbox.nextCompressed ? this.maxMessageBytes : bytes;
      if (!this.#mayGive(most)) break;
      const next = this.#inbox.take();
      if (next === undefined) break;
      if (next.compressed) this.#decompress(next.bytes);
      else {
        this.#credit--;
        this.#stream.owner.message(next.bytes, false);
      }
    }
    this.#delivering = false;
  }

  #deliver(): void {
    if (this.#delivering) return;
    const stream = this.#stream;
    if (this.#inbox !== undefined) {
      this.#giveWhole();
      if (this.#inbox?.empty === true) this.#inbox = undefined;
      this.#countUnread();
    }
    if (stream.closed) return;
    if (stream.remoteClosed) this.#tellEnd();
    else this.#giveCredit();
  }

  #decompress(bytes: Buffer): void {
    const { owner, session } = this.#stream;
    if (this.compression === undefined)
      return owner.refuse(internal("a compressed message came without a grpc-encoding"));
    const inbox = this.#inbox as Inbox;
    this.#credit--;
    const now = session.inflation.inflate(
      this.compression,
      bytes,
      () => !this.#stream.closed,
      (later) => {
        inbox.end();
        if (this.#stream.closed) return;
        this.#decompressed(later);
        this.#deliver();
      },
    );
    if (now === undefined) inbox.begin(bytes.length);
    else this.#decompressed(now);
  }

  #decompressed(result: Decompressed): void {
    const { owner, session } = this.#stream;
    if (result === "broken") owner.refuse(internal("a compressed message cannot be decompressed"));
    else if (result === "too large") {
      const message = `a decompressed message is larger than ${session.maxMessageBytes} bytes, the limit`;
      owner.refuse({ code: StatusNumber.RESOURCE_EXHAUSTED, message });
    } else owner.message(result, true);
  }

  #tellEnd(): void {
    if (this.#endTold || this.#inbox?.busy === true) return;
    const { owner, session } = this.#stream;
    if (this.#inbox !== undefined) {
      // Whole messages wait until they are asked for; a part of a message never becomes whole.
      if (!this.#inbox.midMessage || this.#inbox.waits) return;
      this.#endTold = true;
      return owner.refuse(internal(session.cutShort));
    }
    this.#endTold = true;
    owner.allReceived();
  }

  #refuseMessage(fault: MessageFault): void {
    this.#endTold = true;
    this.#drop();
    const { owner, session } = this.#stream;
    if (fault.kind === "flag")
      return owner.refuse(internal(`a message with the invalid compression flag ${fault.flag}`));
    if (fault.kind === "held") return owner.refuse(TOO_MUCH_HELD);
    const message = `a message of ${fault.bytes} bytes is larger than ${session.maxMessageBytes} bytes, the limit`;
    owner.refuse({ code: StatusNumber.RESOURCE_EXHAUSTED, message });
  }

  /** Gives back window for what was read: by halves, so that the peer never waits and few frames
   * are needed. */
  #giveCredit(): void {
    const stream = this.#stream;
    const free = this.#uncredited - this.#unread;
    if (free < stream.session.streamWindowBytes / 2) return;
    this.#uncredited -= free;
    stream.receiveWindow += free;
    stream.session.creditStream(stream.id, free);
  }
}

function internal(message: string): Status {
  return { code: StatusNumber.INTERNAL, message };
}
