import { type Status, StatusNumber } from "@tightwire/core/runtime";
import type { Compression, Decompressed } from "./compression.js";
import { checkPrefix, Inbox, type InboxFault, type InboxOwner, PREFIX_BYTES } from "./inbox.js";
import type { Inflation } from "./inflation.js";

/** Who the messages are for. */
export interface MessageReceiver {
  /** A message, in borrowed bytes. */
  message(bytes: Uint8Array, compressed: boolean): void;
  /** Every message was given, and the peer has finished sending. */
  allReceived(): void;
  /** What came, or would come, finishes the call: its stream is reset, or it gets a response. */
  refuse(status: Status): void;
}

/** What reading asks of the connection. */
export interface ReceivingSession {
  readonly inflation: Inflation;
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  readonly streamWindowBytes: number;
  /** The error message for a peer that finishes inside a message. */
  readonly cutShort: string;
  readonly credit: {
    /** Counts bytes that are held from now on, or no longer (negative); false when too many. */
    hold(bytes: number): boolean;
    /** Messages were read: the connection's credit may come back. */
    give(): void;
  };
  /** Gives the peer more window on a stream. */
  creditStream(streamId: number, bytes: number): void;
}

/** The stream that the DATA comes on. */
export interface ReceivingStream {
  readonly id: number;
  readonly session: ReceivingSession;
  readonly owner: MessageReceiver;
  readonly closed: boolean;
  remoteClosed: boolean;
  receiveWindow: number;
}

/**
 * The messages that a stream receives: DATA to messages, as many as were asked for. A message that
 * comes whole, uncompressed and to somebody who waits for it passes straight through as a view of
 * what came. Everything else goes through an inbox, which most calls never have.
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

  constructor(stream: ReceivingStream) {
    this.#stream = stream;
  }

  get maxMessageBytes(): number {
    return this.#stream.session.maxMessageBytes;
  }

  /** Allows `count` more messages to be given to the owner. */
  pull(count: number): void {
    if (this.#stream.closed) return;
    this.#credit += count;
    if (this.#inbox === undefined) return;
    this.#deliver();
    this.#stream.session.credit.give();
  }

  /** Bytes that wait for a reader. */
  get unreadBytes(): number {
    return this.#inbox?.uncreditedBytes(this.#credit > 0) ?? 0;
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
    return this.#stream.session.credit.hold(bytes);
  }

  /** Drops what waits. */
  release(): void {
    this.#inbox?.clear();
    this.#inbox = undefined;
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
      if (bytes[at] !== 0 || end - at - PREFIX_BYTES < length) break;
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
        inbox.busy = false;
        if (this.#stream.closed) return;
        this.#decompressed(later);
        this.#deliver();
      },
    );
    if (now === undefined) inbox.busy = true;
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

  #refuseMessage(fault: InboxFault): void {
    this.#endTold = true;
    const { owner, session } = this.#stream;
    if (fault.kind === "flag")
      return owner.refuse(internal(`a message with the invalid compression flag ${fault.flag}`));
    const message =
      fault.kind === "large"
        ? `a message of ${fault.bytes} bytes is larger than ${session.maxMessageBytes} bytes, the limit`
        : "the connection holds more bytes of unfinished messages than allowed";
    owner.refuse({ code: StatusNumber.RESOURCE_EXHAUSTED, message });
  }

  /** Gives back window for what was read: by halves, so that the peer never waits and few frames
   * are needed. */
  #giveCredit(): void {
    const stream = this.#stream;
    const free = this.#uncredited - this.unreadBytes;
    if (free < stream.session.streamWindowBytes / 2) return;
    this.#uncredited -= free;
    stream.receiveWindow += free;
    stream.session.creditStream(stream.id, free);
  }
}

function internal(message: string): Status {
  return { code: StatusNumber.INTERNAL, message };
}
