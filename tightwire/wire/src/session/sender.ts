import type { Clock } from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { writeFrameHeader, writeLongHeaders, writeUint32 } from "../frames/frame-writer.js";
import {
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_31_BITS,
  MAX_FRAME_BYTES,
} from "../frames/protocol.js";
import { HpackEncoder, MOST_BEGIN_BYTES } from "../hpack/encoder.js";
import type { ByteTransport } from "./byte-transport.js";
import { PREFIX_BYTES } from "./inbox.js";
import type { Limits } from "./limits.js";
import type { Outbox } from "./outbox.js";
import { Output } from "./output.js";
import { RateLimit } from "./rate-limit.js";
import type { Stream } from "./stream.js";

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

/**
 * The half of a connection that writes calls: header blocks, and DATA within the windows. What can
 * be written is written at once; what cannot waits in the streams' outboxes, which are sent from in
 * turn. Source: RFC 9113, section 5.2.
 */
export abstract class Sender {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly output: Output;
  readonly encoder: HpackEncoder = new HpackEncoder();
  /** Counts turns of the event loop in which something was written. */
  turn = 0;
  /** Nothing is read or written any more. */
  over = false;

  /** Whether HEADERS or DATA of ours went out since the peer's last PING. */
  protected respondedSincePing = false;
  readonly #tinyFrames: RateLimit;
  #sendWindow = DEFAULT_WINDOW_BYTES;
  #waitingBytes = 0;
  #toSend: Stream[] = [];
  #toDrain: Stream[] = [];
  #drainScheduled = false;
  #longBlock = false;

  constructor(carrier: ByteTransport, limits: Limits, clock: Clock) {
    this.clock = clock;
    this.limits = limits;
    this.output = new Output(
      carrier,
      clock,
      () => this.#beforeFlush(),
      () => this.#unblocked(),
    );
    this.#tinyFrames = new RateLimit(limits.maxTinyFramesPerSecond, clock);
  }

  /** Something of a call waits to be sent. */
  protected abstract sendingWaits(): void;
  /** Ends the connection for a fault of the peer's. */
  abstract fail(code: number, text: string): void;

  /** The peer takes so much more on the connection. */
  protected growSendWindow(increment: number): void {
    this.#sendWindow += increment;
    if (this.#sendWindow > MAX_31_BITS)
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
    if (this.#toSend.length > 0) this.output.schedule();
  }

  /** Nothing is sent any more. */
  protected stopAllSending(): void {
    this.output.close();
    this.#toSend = [];
    this.#toDrain = [];
  }

  /** Whether so many octets of DATA can be written for a stream here and now. */
  mayWrite(stream: Stream, bytes: number): boolean {
    return (
      stream.id !== 0 &&
      bytes <= MAX_FRAME_BYTES &&
      bytes <= stream.sendWindow &&
      bytes <= this.#sendWindow &&
      !this.output.blocked &&
      !this.over
    );
  }

  /** Writes a whole message that {@link mayWrite} allowed. */
  writeMessage(stream: Stream, bytes: Uint8Array, compressed: boolean, endStream: boolean): void {
    const { output } = this;
    const length = PREFIX_BYTES + bytes.length;
    output.reserve(FRAME_HEADER_BYTES + length);
    writeFrameHeader(output, length, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    const { buffer, at } = output;
    buffer[at] = compressed ? 1 : 0;
    writeUint32(buffer, at + 1, bytes.length);
    buffer.set(bytes, at + PREFIX_BYTES);
    output.at = at + length;
    this.respondedSincePing = true;
    stream.sendWindow -= length;
    this.#sendWindow -= length;
  }

  /** Writes a frame of what waits in an outbox. */
  writePart(stream: Stream, outbox: Outbox, bytes: number, endStream: boolean): void {
    const { output } = this;
    output.reserve(FRAME_HEADER_BYTES + bytes);
    writeFrameHeader(output, bytes, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    this.respondedSincePing = true;
    outbox.copy(output.buffer, output.at, bytes);
    output.at += bytes;
    stream.sendWindow -= bytes;
    this.#sendWindow -= bytes;
    this.#waitingBytes -= bytes;
  }

  /**
   * Begins a header block of at most `most` octets: the encoder that it returns writes it, and
   * {@link endBlock} sends it.
   */
  beginBlock(most: number): HpackEncoder {
    const { encoder, output } = this;
    this.#longBlock = most + MOST_BEGIN_BYTES > MAX_FRAME_BYTES;
    if (this.#longBlock) {
      encoder.out = Buffer.allocUnsafe(most + MOST_BEGIN_BYTES);
      encoder.at = 0;
    } else {
      output.reserve(FRAME_HEADER_BYTES + MOST_BEGIN_BYTES + most);
      encoder.out = output.buffer;
      encoder.at = output.at + FRAME_HEADER_BYTES;
    }
    encoder.begin();
    return encoder;
  }

  /** Sends the block that was begun. */
  endBlock(streamId: number, endStream: boolean): void {
    const { encoder, output } = this;
    this.respondedSincePing = true;
    if (this.#longBlock)
      return writeLongHeaders(output, streamId, encoder.out.subarray(0, encoder.at), endStream);
    const flags = endStream ? Flag.END_HEADERS | Flag.END_STREAM : Flag.END_HEADERS;
    writeFrameHeader(
      output,
      encoder.at - output.at - FRAME_HEADER_BYTES,
      FrameType.HEADERS,
      flags,
      streamId,
    );
    output.at = encoder.at;
  }

  /** Octets of messages that wait for the peer. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  countWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  /** Has a stream's outbox sent as soon as may be. */
  queue(stream: Stream): void {
    if (stream.id === 0 || this.over) return;
    this.sendingWaits();
    if (stream.queued) return;
    stream.queued = true;
    this.#toSend.push(stream);
    this.output.schedule();
  }

  /** Has a stream told when this turn is over. */
  waitForDrain(stream: Stream): void {
    this.#toDrain.push(stream);
    this.#scheduleDrain();
  }

  #scheduleDrain(): void {
    if (this.#drainScheduled) return;
    this.#drainScheduled = true;
    this.clock.nextTurn(() => this.#tellDrained());
  }

  #tellDrained(): void {
    this.#drainScheduled = false;
    const waiting = this.#toDrain;
    this.#toDrain = [];
    for (const stream of waiting) if (!stream.tellDrained()) this.#toDrain.push(stream);
  }

  #unblocked(): void {
    if (this.over) return;
    if (this.#toSend.length > 0) this.output.schedule();
    if (this.#toDrain.length > 0) this.#scheduleDrain();
  }

  /**
   * Each stream in turn, until nothing can be sent: a large message does not keep small ones
   * waiting.
   */
  #beforeFlush(): void {
    this.turn++;
    while (this.#toSend.length > 0 && this.#sendWindow > 0 && !this.output.blocked && !this.over) {
      const turn = this.#toSend;
      this.#toSend = [];
      for (const stream of turn) {
        if (stream.closed || stream.outbox === undefined) stream.queued = false;
        else if (this.#sendWindow <= 0 || this.output.blocked || this.#sendTurn(stream))
          this.#toSend.push(stream);
        else stream.queued = false;
      }
    }
    if (this.#toDrain.length > 0) this.#scheduleDrain();
  }

  /** A frame of a large message, all of a short one. Returns whether more can be sent. */
  #sendTurn(stream: Stream): boolean {
    while (this.#sendFrame(stream)) {
      if (stream.outbox === undefined || stream.outbox.bytes > SHORT_BYTES) return true;
      if (this.#sendWindow <= 0 || this.output.blocked || this.over) return true;
    }
    return false;
  }

  #sendFrame(stream: Stream): boolean {
    const before = stream.sendWindow;
    const more = stream.sendSome(this.#sendWindow);
    const sent = before - stream.sendWindow;
    if (sent >= AMPLE_FRAME_BYTES) this.#tinyFrames.give();
    if (sent > 0 && sent < TINY_FRAME_BYTES && more && !this.#tinyFrames.take()) {
      this.fail(ErrorCode.ENHANCE_YOUR_CALM, "windows so small that frames hold next to nothing");
      return false;
    }
    return more;
  }
}
