import type { Status } from "@tightwire/core/runtime";
import { ErrorCode, MAX_FRAME_BYTES } from "../frames/protocol.js";
import { compress } from "../grpc/compression.js";
import { PREFIX_BYTES } from "./inbox.js";
import { Outbox } from "./outbox.js";
import type { Session } from "./session.js";
import { StreamReader } from "./stream-reader.js";

/** Above so many octets that wait, writing waits. */
const HIGH_WATER_BYTES = 65_536;
/**
 * And after so many messages, or so many octets, in one turn of the event loop: other calls have
 * theirs.
 */
const TURN_MESSAGES = 128;

/**
 * One call on a connection, from either side: a record with the call's windows and messages.
 * {@link StreamReader} is the half that receives; here is the one that sends: what can be written
 * is written straight, everything else goes by way of an outbox, which most calls never have.
 */
export abstract class Stream extends StreamReader {
  /** Octets that the peer still takes of this stream. May be negative (RFC 9113, section 6.9.2). */
  sendWindow: number;
  /** Nothing more is sent on it. */
  localEnded = false;
  /** What still waits to be sent. */
  outbox: Outbox | undefined = undefined;
  /** Whether the session has it among those to be sent from. */
  queued = false;
  /** Whether nothing more is written and the end follows what waits. */
  ending = false;
  /** Since when what waits has waited; for the session's stall timer. */
  waitsSince = 0;
  /** Whether it holds its peer's whole answer, which a reset takes nothing away from. */
  get responded(): boolean {
    return false;
  }

  #turn = -1;
  #turnMessages = 0;
  #turnBytes = 0;
  #wantsDrained = false;

  constructor(session: Session, id: number) {
    super(session, id);
    this.sendWindow = session.initialSendWindow;
  }

  // ---- what the two sides make of it ----

  /** Writing may go on. */
  protected abstract drained(): void;
  /** Everything was sent but the end: sends that. */
  protected abstract writeEnd(): void;
  /**
   * The connection is lost, or will not carry the call: the one way in which a stream ends that
   * neither side ended.
   */
  abstract lost(cause: Status, outcome: "not-processed" | "unknown"): void;
  /** The peer reset it. */
  abstract reset(code: number): void;

  // ---- sending ----

  /** Sends a message; false when enough waits, until `drained`. */
  protected send(bytes: Uint8Array, compressed: boolean): boolean {
    if (!compressed && this.#writeNow(bytes, false))
      return this.#turnAllows(PREFIX_BYTES + bytes.length);
    this.#keep(bytes, compressed);
    return this.#outboxAllows();
  }

  /** Sends the one message of an answer; the end follows at once, and is counted as the call's. */
  protected sendOnly(bytes: Uint8Array, compressed: boolean): void {
    if (compressed || !this.#writeNow(bytes, false)) this.#keep(bytes, compressed);
  }

  /** Sends the last message and the end of the stream in one frame, where that can be. */
  protected sendLast(bytes: Uint8Array, compressed: boolean): void {
    this.ending = true;
    if (!compressed && this.#writeNow(bytes, true)) this.session.localEnd(this);
    else this.#keep(bytes, compressed);
  }

  /** Writes a message straight; false when it has to wait. */
  #writeNow(bytes: Uint8Array, endStream: boolean): boolean {
    if (this.outbox !== undefined || !this.session.mayWrite(this, PREFIX_BYTES + bytes.length))
      return false;
    this.session.writeMessage(this, bytes, false, endStream);
    return true;
  }

  /** Has a message wait in the outbox. */
  #keep(bytes: Uint8Array, compressed: boolean): void {
    if (compressed) this.#compress(bytes);
    else this.#enqueue(bytes, false);
  }

  /** Nothing more comes: the end follows what waits. */
  protected end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.outbox === undefined) this.writeEnd();
    else this.waitsSince = this.session.clock.now();
  }

  #compress(bytes: Uint8Array): void {
    let fill: ((bytes: Uint8Array) => void) | undefined;
    const now = compress(this.session.clock, bytes, (later) => {
      if (this.closed || this.outbox === undefined) return;
      this.session.countWaiting(PREFIX_BYTES + later.length - bytes.length);
      fill?.(later);
      this.session.queue(this);
    });
    if (now === undefined) {
      fill = this.#queue().addLater(bytes.length);
      this.session.countWaiting(bytes.length);
    } else this.#enqueue(now, true);
  }

  #enqueue(bytes: Uint8Array, compressed: boolean): void {
    this.#queue().add(bytes, compressed);
    this.session.countWaiting(PREFIX_BYTES + bytes.length);
  }

  #queue(): Outbox {
    if (this.outbox === undefined) {
      this.outbox = new Outbox();
      this.waitsSince = this.session.clock.now();
    }
    this.session.queue(this);
    return this.outbox;
  }

  #turnAllows(bytes: number): boolean {
    if (this.#turn !== this.session.turn) {
      this.#turn = this.session.turn;
      this.#turnMessages = 0;
      this.#turnBytes = 0;
      this.session.output.callWritten();
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
    if (
      !this.closed &&
      this.outbox !== undefined &&
      (this.outbox.bytes > HIGH_WATER_BYTES / 2 || this.outbox.count > TURN_MESSAGES / 2)
    ) {
      return false;
    }
    this.#wantsDrained = false;
    if (!this.closed) this.drained();
    return true;
  }

  /**
   * Sends one frame of what waits, of at most `most` octets; false when nothing can be sent now.
   */
  sendSome(most: number): boolean {
    const outbox = this.outbox as Outbox;
    const count = outbox.sendable(Math.min(most, this.sendWindow, MAX_FRAME_BYTES));
    if (count <= 0) return false;
    const last = count === outbox.bytes;
    this.session.writePart(this, outbox, count, last && this.ending && this.endsWithData);
    this.waitsSince = this.session.clock.now();
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
    this.dropReceived();
  }

  /** The peer is told that the stream is over. */
  protected sendReset(code: number = ErrorCode.CANCEL): void {
    this.session.resetStream(this, code);
  }
}
