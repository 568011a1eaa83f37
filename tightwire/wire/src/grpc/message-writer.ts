import type { Lender } from "@tightwire/core";
import { type Clock, giveBack } from "@tightwire/core/runtime";
import { MAX_FRAME_BYTES } from "../frames/protocol.js";
import type { Sender } from "../session/sender.js";
import { compress } from "./compression.js";
import { PREFIX_BYTES } from "./message-prefix.js";
import { Outbox } from "./outbox.js";

/** Above so many waiting bytes, writing waits. */
const HIGH_WATER_BYTES = 65_536;
/** Writing also waits after so many messages in one turn of the event loop, or so many bytes: other
 * calls have their turn. */
const TURN_MESSAGES = 128;

/** Whose messages are sent. */
export interface MessageSender {
  /** Writing may go on. */
  drained(): void;
  /** Every message was sent: sends the end of the stream. */
  writeEnd(): void;
}

/** What writing asks of the connection. */
export interface SendingSession {
  readonly clock: Clock;
  readonly sender: Sender;
  /** Whether the last DATA frame ends a stream: a client's does, a server's trailers do. */
  readonly endsWithData: boolean;
  /** The end of a stream was sent. */
  localEnd(stream: SendingStream): void;
}

/** The stream that the DATA goes out on. */
export interface SendingStream {
  id: number;
  readonly session: SendingSession;
  readonly owner: MessageSender;
  readonly writer: MessageWriter;
  readonly closed: boolean;
  sendWindow: number;
}

/**
 * The messages that a stream sends. What the windows and the connection take is written at once;
 * everything else goes through an outbox, which most calls never have.
 */
export class MessageWriter {
  /** What waits to be sent. */
  outbox: Outbox | undefined = undefined;
  /** Whether the sender has the stream among those to send from. */
  queued = false;
  /** Whether nothing more is written, and the end follows what waits. */
  ending = false;
  /** Since when what waits has waited, for the stall timer. */
  waitsSince = 0;
  readonly #stream: SendingStream;
  #turn = -1;
  #turnMessages = 0;
  #turnBytes = 0;
  #wantsDrained = false;

  constructor(stream: SendingStream) {
    this.#stream = stream;
  }

  /** Sends a message; false when enough waits, until the owner's `drained`. */
  send(bytes: Uint8Array, compressed: boolean, lender?: Lender): boolean {
    if (!compressed && this.#writeNow(bytes, false))
      return this.#turnAllows(PREFIX_BYTES + bytes.length);
    this.#keep(bytes, compressed, lender);
    return this.#outboxAllows();
  }

  /** Sends the one message of a response; the end follows at once, and counts as the call's. */
  sendOnly(bytes: Uint8Array, compressed: boolean, lender?: Lender): void {
    if (compressed || !this.#writeNow(bytes, false)) this.#keep(bytes, compressed, lender);
  }

  /** Sends the last message and the end of the stream, in one frame if possible. */
  sendLast(bytes: Uint8Array, compressed: boolean): void {
    this.ending = true;
    if (!compressed && this.#writeNow(bytes, true)) this.#stream.session.localEnd(this.#stream);
    else this.#keep(bytes, compressed);
  }

  /** No more messages: the end follows what waits. */
  end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.outbox === undefined) this.#stream.owner.writeEnd();
    else this.waitsSince = this.#stream.session.clock.now();
  }

  /** A turn is over: false when the stream must be asked again. */
  tellDrained(): boolean {
    const { closed, owner } = this.#stream;
    if (
      !closed &&
      this.outbox !== undefined &&
      (this.outbox.bytes > HIGH_WATER_BYTES / 2 || this.outbox.count > TURN_MESSAGES / 2)
    )
      return false;
    this.#wantsDrained = false;
    if (!closed) owner.drained();
    return true;
  }

  /** Sends one frame of what waits, at most `most` bytes; false when nothing can be sent now. */
  sendSome(most: number): boolean {
    const stream = this.#stream;
    const { owner, session } = stream;
    const outbox = this.outbox as Outbox;
    const count = outbox.sendable(Math.min(most, stream.sendWindow, MAX_FRAME_BYTES));
    if (count <= 0) return false;
    const last = count === outbox.bytes;
    session.sender.writePart(stream, outbox, count, last && this.ending && session.endsWithData);
    this.waitsSince = session.clock.now();
    if (!last || outbox.count > 0) return true;
    this.outbox = undefined;
    if (!this.ending) return false;
    if (session.endsWithData) session.localEnd(stream);
    else owner.writeEnd();
    return false;
  }

  /** Drops what waits. */
  release(): void {
    if (this.outbox !== undefined) this.#stream.session.sender.countWaiting(-this.outbox.heldBytes);
    this.outbox = undefined;
  }

  /** Writes a message at once; false when it has to wait. */
  #writeNow(bytes: Uint8Array, endStream: boolean): boolean {
    const { sender } = this.#stream.session;
    if (this.outbox !== undefined || !sender.mayWrite(this.#stream, PREFIX_BYTES + bytes.length))
      return false;
    sender.writeMessage(this.#stream, bytes, false, endStream);
    return true;
  }

  #keep(bytes: Uint8Array, compressed: boolean, lender?: Lender): void {
    if (compressed) this.#compress(bytes);
    else this.#enqueue(bytes, false, lender);
  }

  #compress(bytes: Uint8Array): void {
    const { clock, sender } = this.#stream.session;
    let fill: ((bytes: Uint8Array) => void) | undefined;
    const now = compress(clock, bytes, (later) => {
      if (this.#stream.closed || this.outbox === undefined) return;
      sender.countWaiting(PREFIX_BYTES + later.length - bytes.length);
      fill?.(later);
      sender.queue(this.#stream);
    });
    if (now === undefined) {
      fill = this.#queue().addLater(bytes.length);
      sender.countWaiting(bytes.length);
    } else this.#enqueue(now, true);
  }

  #enqueue(bytes: Uint8Array, compressed: boolean, lender?: Lender): void {
    const { sender } = this.#stream.session;
    const waits = sender.mustWait(this.#stream, PREFIX_BYTES + bytes.length);
    const kept = waits ? owned(bytes) : bytes;
    if (kept !== bytes) giveBack(lender, bytes);
    this.#queue().add(kept, compressed, kept === bytes ? lender : undefined);
    sender.countWaiting(PREFIX_BYTES + bytes.length);
  }

  #queue(): Outbox {
    const { clock, sender } = this.#stream.session;
    if (this.outbox === undefined) {
      this.outbox = new Outbox();
      this.waitsSince = clock.now();
    }
    sender.queue(this.#stream);
    return this.outbox;
  }

  #turnAllows(bytes: number): boolean {
    const { sender } = this.#stream.session;
    if (this.#turn !== sender.turn) {
      this.#turn = sender.turn;
      this.#turnMessages = 0;
      this.#turnBytes = 0;
      sender.output.callWritten();
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
      this.#stream.session.sender.waitForDrain(this.#stream);
    }
    return false;
  }
}

/**
 * A message that waits for long must not keep a block alive that many messages were written into.
 */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.length > bytes.buffer.byteLength / 2
    ? bytes
    : Uint8Array.prototype.slice.call(bytes);
}
