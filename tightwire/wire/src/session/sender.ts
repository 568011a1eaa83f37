import type { Clock } from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { writeFrameHeader, writeUint32 } from "../frames/frame-writer.js";
import {
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_31_BITS,
  MAX_FRAME_BYTES,
} from "../frames/protocol.js";
import { PREFIX_BYTES } from "../grpc/message-prefix.js";
import type { Outbox } from "../grpc/outbox.js";
import type { Account } from "./account.js";
import type { ByteTransport } from "./byte-transport.js";
import type { LimitName, Limits } from "./limits.js";
import { Output } from "./output.js";
import { RateLimit } from "./rate-limit.js";

/** A DATA frame smaller than this, with more behind it, was cut by a window. */
const TINY_FRAME_BYTES = 256;
/**
 * And one at least so large makes up for a tiny one: what the two carry together is worth their
 * headers.
 */
const AMPLE_FRAME_BYTES = 4_096;

/**
 * What is left of a message that is at most so long is sent in one turn. Frame by frame in turn
 * with others, all of many such messages would be whole at the same time, late, and each side would
 * hold all of them at once: a client that decodes 64 answers of 64 KiB in one go outgrows the young
 * generation of V8 on Node 20, and spends most of its time collecting it.
 */
const SHORT_BYTES = 65_536;

/** A stream as its messages are sent. */
interface SentStream {
  readonly id: number;
  readonly closed: boolean;
  sendWindow: number;
  readonly writer: {
    readonly outbox: Outbox | undefined;
    queued: boolean;
    tellDrained(): boolean;
    sendSome(most: number): boolean;
  };
}

/** What a sender asks of its connection. */
export interface SenderOwner {
  /** Bytes of a call wait to be sent. */
  sendingWaits(): void;
  /** Closes the connection for a fault of the peer's: it went beyond a limit. */
  failAtLimit(limit: LimitName, message: string): void;
}

/**
 * Writes DATA within the windows of a connection. What fits is written at once; the rest waits in
 * the streams' outboxes, which are sent from in turn. Source: RFC 9113, section 5.2.
 */
export class Sender {
  readonly output: Output;
  /** Counts turns of the event loop in which something was written. */
  turn = 0;
  /** Whether nothing is written any more. */
  closed = false;
  readonly #owner: SenderOwner;
  readonly #clock: Clock;
  readonly #tinyFrames: RateLimit;
  readonly #account: Account;
  #sendWindow = DEFAULT_WINDOW_BYTES;
  #toSend: SentStream[] = [];
  #toDrain: SentStream[] = [];
  #drainScheduled = false;

  constructor(
    transport: ByteTransport,
    limits: Limits,
    clock: Clock,
    account: Account,
    owner: SenderOwner,
  ) {
    this.#owner = owner;
    this.#clock = clock;
    this.#account = account;
    this.output = new Output(
      transport,
      clock,
      account,
      () => this.#beforeFlush(),
      () => this.#unblocked(),
    );
    this.#tinyFrames = new RateLimit(limits.maxTinyFramesPerSecond, clock);
  }

  /** The peer takes so much more on the connection. */
  growWindow(increment: number): void {
    this.#sendWindow += increment;
    if (this.#sendWindow > MAX_31_BITS)
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
    if (this.#toSend.length > 0) this.output.schedule();
  }

  /** Nothing is sent any more. */
  close(): void {
    this.closed = true;
    this.output.close();
    this.#toSend = [];
    this.#toDrain = [];
  }

  /** Whether so many bytes of DATA can be written for a stream here and now. */
  mayWrite(stream: SentStream, bytes: number): boolean {
    return (
      stream.id !== 0 && bytes <= MAX_FRAME_BYTES && !this.mustWait(stream, bytes) && !this.closed
    );
  }

  /** Writes a whole message that {@link mayWrite} allowed. */
  writeMessage(
    stream: SentStream,
    bytes: Uint8Array,
    compressed: boolean,
    endStream: boolean,
  ): void {
    const { output } = this;
    const length = PREFIX_BYTES + bytes.length;
    output.reserve(FRAME_HEADER_BYTES + length);
    writeFrameHeader(output, length, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    const { buffer, at } = output;
    buffer[at] = compressed ? 1 : 0;
    writeUint32(buffer, at + 1, bytes.length);
    buffer.set(bytes, at + PREFIX_BYTES);
    output.at = at + length;
    output.sentSincePing = true;
    stream.sendWindow -= length;
    this.#sendWindow -= length;
  }

  /** Writes a frame of what waits in an outbox. */
  writePart(stream: SentStream, outbox: Outbox, bytes: number, endStream: boolean): void {
    const { output } = this;
    output.reserve(FRAME_HEADER_BYTES + bytes);
    writeFrameHeader(output, bytes, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    output.sentSincePing = true;
    this.#account.moveUnread(-outbox.copy(output.buffer, output.at, bytes));
    output.at += bytes;
    stream.sendWindow -= bytes;
    this.#sendWindow -= bytes;
  }

  /** Counts bytes of messages that wait for the peer, or no longer (negative). */
  countWaiting(bytes: number): void {
    this.#account.moveUnread(bytes);
  }

  /** Whether a message of so many bytes has to wait, as far as can be told now. */
  mustWait(stream: SentStream, bytes: number): boolean {
    return this.output.blocked || bytes > this.#sendWindow || bytes > stream.sendWindow;
  }

  /** Has a stream's outbox sent as soon as may be. */
  queue(stream: SentStream): void {
    if (stream.id === 0 || this.closed) return;
    this.#owner.sendingWaits();
    if (stream.writer.queued) return;
    stream.writer.queued = true;
    this.#toSend.push(stream);
    this.output.schedule();
  }

  /** Has a stream told when this turn is over. */
  waitForDrain(stream: SentStream): void {
    this.#toDrain.push(stream);
    this.#scheduleDrain();
  }

  #scheduleDrain(): void {
    if (this.#drainScheduled) return;
    this.#drainScheduled = true;
    this.#clock.nextTurn(() => this.#tellDrained());
  }

  #tellDrained(): void {
    this.#drainScheduled = false;
    const waiting = this.#toDrain;
    this.#toDrain = [];
    for (const stream of waiting) if (!stream.writer.tellDrained()) this.#toDrain.push(stream);
  }

  #unblocked(): void {
    if (this.closed) return;
    if (this.#toSend.length > 0) this.output.schedule();
    if (this.#toDrain.length > 0) this.#scheduleDrain();
  }

  /**
   * Each stream in turn, until nothing can be sent: a large message does not keep small ones
   * waiting.
   */
  #beforeFlush(): void {
    this.turn++;
    while (
      this.#toSend.length > 0 &&
      this.#sendWindow > 0 &&
      !this.output.blocked &&
      !this.closed
    ) {
      const turn = this.#toSend;
      this.#toSend = [];
      for (const stream of turn) {
        if (stream.closed || stream.writer.outbox === undefined) stream.writer.queued = false;
        else if (this.#sendWindow <= 0 || this.output.blocked || this.#sendTurn(stream))
          this.#toSend.push(stream);
        else stream.writer.queued = false;
      }
    }
    if (this.#toDrain.length > 0) this.#scheduleDrain();
  }

  /** A frame of a large message, all of a short one. Returns whether more can be sent. */
  #sendTurn(stream: SentStream): boolean {
    while (this.#sendFrame(stream)) {
      const { outbox } = stream.writer;
      if (outbox === undefined || outbox.bytes > SHORT_BYTES) return true;
      if (this.#sendWindow <= 0 || this.output.blocked || this.closed) return true;
    }
    return false;
  }

  #sendFrame(stream: SentStream): boolean {
    const before = stream.sendWindow;
    const more = stream.writer.sendSome(this.#sendWindow);
    const sent = before - stream.sendWindow;
    if (sent >= AMPLE_FRAME_BYTES) this.#tinyFrames.give();
    if (sent > 0 && sent < TINY_FRAME_BYTES && more && !this.#tinyFrames.take()) {
      this.#owner.failAtLimit(
        "maxTinyFramesPerSecond",
        "windows so small that frames hold next to nothing",
      );
      return false;
    }
    return more;
  }
}
