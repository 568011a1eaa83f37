import { type Cause, Status } from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { type FrameHandler, FrameReader } from "../frames/frame-reader.js";
import {
  writeFrameHeader,
  writeGoaway,
  writeLongHeaders,
  writePing,
  writeReset,
  writeSettings,
  writeSettingsAck,
  writeUint32,
  writeWindowUpdate,
} from "../frames/frame-writer.js";
import {
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  errorName,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_31_BITS,
  MAX_FRAME_BYTES,
} from "../frames/protocol.js";
import { defaultSettings, readSettings, type Settings } from "../frames/settings.js";
import { HpackDecoder } from "../hpack/decoder.js";
import { HpackEncoder, MOST_BEGIN_BYTES } from "../hpack/encoder.js";
import type { Bounds } from "./bounds.js";
import type { Carrier } from "./carrier.js";
import { HeaderBlock } from "./header-block.js";
import { PREFIX_BYTES } from "./inbox.js";
import type { Outbox } from "./outbox.js";
import { Output } from "./output.js";
import { RateBound } from "./rate-bound.js";
import { ResetStreams } from "./reset-streams.js";
import type { Stream } from "./stream.js";
import { StreamTable } from "./stream-table.js";
import { type Wait, Watch } from "./watch.js";

/** Credit that a peer has on each stream: an answer or request of ordinary size never waits for more. */
const STREAM_WINDOW_BYTES = 1_048_576;
/** And on the connection, for all streams together: one that is not read cannot use it up. */
const CONNECTION_WINDOW_BYTES = 16_777_216;
/** A DATA frame smaller than this, with more behind it, was cut by a window. */
const TINY_FRAME_BYTES = 256;
/** And one at least so large makes up for a tiny one: what the two carry together is worth their headers. */
const AMPLE_FRAME_BYTES = 4_096;
/** How long octets of the peer are still read after a connection was ended, so that it can read why. */
const LINGER_MS = 1_000;

/** How a connection is kept; see the options of the transports. */
export interface SessionOptions {
  readonly bounds: Bounds;
  readonly maxMessageBytes: number;
  /** Silence after which a PING is sent; `Infinity` for never. */
  readonly keepaliveMs: number;
  /** How long its answer may take. */
  readonly keepaliveTimeoutMs: number;
}

/**
 * One HTTP/2 connection, without its socket: octets in, octets out to a {@link Carrier}, calls as {@link Stream}s. The two sides extend it. Everything that comes is read in {@link receive}; everything that
 * ends it goes through {@link fail} (this side found a fault), {@link lost} (the carrier is gone) or {@link finish} (all is done).
 */
export abstract class Session implements FrameHandler {
  readonly bounds: Bounds;
  readonly options: SessionOptions;
  readonly output: Output;
  readonly encoder: HpackEncoder = new HpackEncoder();
  readonly streamWindowBytes: number = STREAM_WINDOW_BYTES;
  /** What the peer has asked for. */
  readonly peer: Settings = defaultSettings();
  /** Counts turns of the event loop in which something was written. */
  turn = 0;
  /** Nothing is read or written any more. */
  over = false;

  protected readonly carrier: Carrier;
  protected readonly streams: StreamTable<Stream> = new StreamTable<Stream>();
  protected readonly decoder: HpackDecoder = new HpackDecoder();
  protected readonly watch: Watch = new Watch((wait) => this.expired(wait));
  /** Streams that this side ended while the peer was sending. */
  protected readonly resetStreams: ResetStreams = new ResetStreams();
  /** Calls that the peer resets, or makes this side reset. */
  protected readonly resets: RateBound;
  readonly #reader: FrameReader = new FrameReader(this);
  readonly #block: HeaderBlock;
  readonly #pings: RateBound;
  readonly #settings: RateBound;
  readonly #emptyData: RateBound;
  readonly #tinyFrames: RateBound;
  #sendWindow = DEFAULT_WINDOW_BYTES;
  #receiveWindow = CONNECTION_WINDOW_BYTES;
  #heldBytes = 0;
  #waitingBytes = 0;
  #toSend: Stream[] = [];
  #toDrain: Stream[] = [];
  #drainScheduled = false;
  #readAt = performance.now();
  #pingedAt = 0;
  #progressSeen = -1;
  #longBlock = false;
  #greeted = false;
  /** Whether HEADERS or DATA of ours went out since the peer's last PING. */
  #answeredSincePing = false;

  constructor(carrier: Carrier, options: SessionOptions, maxResetsPerSecond: number) {
    const { bounds } = options;
    this.carrier = carrier;
    this.options = options;
    this.bounds = bounds;
    this.output = new Output(
      carrier,
      () => this.#beforeFlush(),
      () => this.#unblocked(),
    );
    this.#block = new HeaderBlock(bounds);
    this.resets = new RateBound(maxResetsPerSecond);
    this.#pings = new RateBound(bounds.maxPingsPerSecond);
    this.#settings = new RateBound(bounds.maxSettingsPerSecond);
    this.#emptyData = new RateBound(bounds.maxEmptyDataPerSecond);
    this.#tinyFrames = new RateBound(bounds.maxTinyFramesPerSecond);
    this.watch.start("preface", bounds.prefaceTimeoutMs);
  }

  // ---- what the two sides make of it ----

  /** A whole header block. It must be decoded, whatever becomes of its stream. */
  protected abstract headerBlock(streamId: number, endStream: boolean, bytes: Buffer, start: number, end: number): void;
  /** Whether no stream with this id was ever opened. */
  protected abstract isIdle(streamId: number): boolean;
  /** The highest stream of the peer's that was looked at, for GOAWAY. */
  protected abstract get lastPeerStream(): number;
  /** A stream is over and out of the table. */
  protected abstract streamClosed(stream: Stream): void;
  /** The peer's first SETTINGS are there, or later ones changed what it allows. */
  protected abstract settingsChanged(first: boolean): void;
  /** It is over, once. */
  protected abstract ended(cause: Cause): void;
  protected abstract readonly peerIsServer: boolean;
  /** The status of calls that end with the connection. */
  protected abstract readonly lossCode: number;
  abstract goaway(lastStreamId: number, code: number, debug: string): void;

  // ---- life ----

  /** Sends this side's SETTINGS and opens its window. */
  protected begin(settings: readonly (readonly [id: number, value: number])[]): void {
    writeSettings(this.output, settings);
    writeWindowUpdate(this.output, 0, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES);
    this.watch.start("settings", this.bounds.settingsTimeoutMs);
    this.watch.start("keepalive", this.options.keepaliveMs);
  }

  /** Octets came. Never throws. */
  receive(bytes: Buffer): void {
    if (this.over) return;
    this.#readAt = performance.now();
    try {
      this.#reader.push(bytes);
    } catch (error) {
      if (error instanceof ConnectionError) this.fail(error.code, error.message);
      else this.fail(ErrorCode.INTERNAL_ERROR, "a fault of this engine", String(error));
      return;
    }
    if (this.#reader.waitsForMore) {
      if (this.#progressSeen !== this.#reader.progress) this.watch.start("headers", this.bounds.headersTimeoutMs);
      this.#progressSeen = this.#reader.progress;
    } else if (this.#progressSeen !== -1) {
      this.watch.stop("headers");
      this.#progressSeen = -1;
    }
    if (this.output.waitingBytes > this.bounds.maxUnreadControlBytes + MAX_DATA_AHEAD) this.#notRead();
  }

  /** The carrier is gone. */
  lost(text: string): void {
    if (this.over) return;
    this.#end({ code: this.lossCode, text });
    this.carrier.destroy();
  }

  /** This side ends the connection for a fault, and says so. `detail` is for this side alone. */
  fail(code: number, text: string, detail: string = text): void {
    if (this.over) return;
    writeGoaway(this.output, this.lastPeerStream, code, text);
    this.output.flush();
    if (this.over) return; // what the flush still sent was a fault too
    this.#end({ code: this.lossCode, text: `the connection was ended: ${errorName(code)}: ${detail}` });
    this.#linger();
  }

  /** Everything is done: ends the connection after what waits has been written. */
  protected finish(cause: Cause): void {
    if (this.over) return;
    this.output.flush();
    if (this.over) return;
    this.#end(cause);
    this.#linger();
  }

  #linger(): void {
    this.carrier.end();
    this.watch.start("linger", LINGER_MS);
  }

  #end(cause: Cause): void {
    this.over = true;
    this.output.close();
    this.watch.stopAll();
    for (const stream of this.streams.all()) {
      this.closeStream(stream);
      stream.lost(cause, "unknown");
    }
    this.#toSend = [];
    this.#toDrain = [];
    this.ended(cause);
  }

  /** The peer takes nothing, not even answers to what it asks: no GOAWAY would reach it. */
  #notRead(): void {
    this.lost("the connection was ended: the peer does not read what it is sent");
  }

  protected expired(wait: Wait): void {
    switch (wait) {
      case "linger":
        return this.carrier.destroy();
      case "preface":
        return this.fail(ErrorCode.PROTOCOL_ERROR, "no SETTINGS came in time");
      case "settings":
        return this.fail(ErrorCode.SETTINGS_TIMEOUT, "SETTINGS were not acknowledged in time");
      case "headers":
        return this.fail(ErrorCode.ENHANCE_YOUR_CALM, "a frame or header block was not whole in time");
      case "keepalive":
        return this.#keepAlive();
      case "pong":
        if (this.#readAt > this.#pingedAt) return this.watch.start("keepalive", this.options.keepaliveMs);
        return this.lost("the connection was ended: the peer did not answer a PING in time");
      case "stall":
        return this.#resetStalled();
      default:
    }
  }

  #keepAlive(): void {
    const silentMs = performance.now() - this.#readAt;
    if (silentMs < this.options.keepaliveMs) return this.watch.start("keepalive", this.options.keepaliveMs - silentMs);
    this.#pingedAt = performance.now();
    writePing(this.output, KEEPALIVE_PING, 0, false);
    this.watch.start("pong", this.options.keepaliveTimeoutMs);
  }

  #resetStalled(): void {
    const late = performance.now() - this.bounds.stallTimeoutMs;
    let waiting = false;
    for (const stream of this.streams.all()) {
      if (stream.outbox === undefined) continue;
      waiting = true;
      if (!stream.ending || stream.waitsSince > late) continue;
      this.resetStream(stream, ErrorCode.CANCEL);
      stream.lost({ code: Status.UNAVAILABLE, text: "the peer did not read the message in time" }, "unknown");
    }
    if (waiting) this.watch.start("stall", this.bounds.stallTimeoutMs / 4);
  }

  // ---- frames that come ----

  data(streamId: number, bytes: Buffer, start: number, end: number, flowBytes: number, endStream: boolean): void {
    this.#receiveWindow -= flowBytes;
    if (this.#receiveWindow < 0) throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "more DATA than the connection's window");
    this.creditConnection();
    if (start === end && !endStream && !this.#emptyData.take()) throw calm("empty DATA");
    const stream = this.streams.get(streamId);
    if (stream === undefined) return this.#onClosedStream(streamId, "DATA");
    if (stream.remoteEnded) return this.streamFault(streamId, ErrorCode.STREAM_CLOSED);
    stream.receiveWindow -= flowBytes;
    if (stream.receiveWindow < 0) return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    if (!stream.countContent(end - start, endStream)) return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
    stream.data(bytes, start, end, flowBytes, endStream);
  }

  headers(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) !== 0) this.headerBlock(streamId, endStream, bytes, start, end);
    else this.#block.begin(endStream, bytes, start, end);
  }

  continuation(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.#block.add(bytes, start, end);
    if ((flags & Flag.END_HEADERS) === 0) return;
    const whole = this.#block.take();
    this.headerBlock(streamId, this.#block.endStream, whole, 0, whole.length);
  }

  reset(streamId: number, code: number): void {
    if (this.isIdle(streamId)) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `RST_STREAM on idle stream ${streamId}`);
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (!this.resets.take()) throw calm("resets");
    if (stream.answered) return this.stopSending(stream);
    this.closeStream(stream);
    stream.reset(code);
  }

  settings(bytes: Buffer, start: number, end: number): void {
    if (!this.#settings.take()) throw calm("SETTINGS");
    const window = this.peer.initialWindowBytes;
    readSettings(bytes, start, end, this.peer, this.peerIsServer);
    this.encoder.setPeerLimit(this.peer.headerTableBytes);
    if (this.peer.initialWindowBytes !== window) this.#moveWindows(this.peer.initialWindowBytes - window);
    writeSettingsAck(this.output);
    this.watch.stop("preface");
    const first = !this.#greeted;
    this.#greeted = true;
    this.settingsChanged(first);
  }

  settingsAcknowledged(): void {
    this.watch.stop("settings");
  }

  ping(bytes: Buffer, start: number, acknowledged: boolean): void {
    if (!acknowledged) {
      // Peers that measure the bandwidth send a PING with what they read: as many as they get frames of ours.
      if (!this.#answeredSincePing && !this.#pings.take()) throw calm("too_many_pings");
      this.#answeredSincePing = false;
      writePing(this.output, bytes, start, true);
    } else if (bytes[start] === KEEPALIVE_PING[0]) {
      if (!this.watch.has("pong")) return;
      this.watch.stop("pong");
      this.watch.start("keepalive", this.options.keepaliveMs);
    } else this.pinged();
  }

  /** A PING of this side's own, other than for keepalive, was answered. */
  protected pinged(): void {}

  windowUpdate(streamId: number, increment: number): void {
    if (streamId === 0) {
      if (increment === 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      this.#sendWindow += increment;
      if (this.#sendWindow > MAX_31_BITS) throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
      if (this.#toSend.length > 0) this.output.schedule();
      return;
    }
    if (this.isIdle(streamId)) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `WINDOW_UPDATE on idle stream ${streamId}`);
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_31_BITS) return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    if (stream.outbox !== undefined) this.queue(stream);
  }

  /** A fault that is a stream's alone: it is reset. Source: RFC 9113, section 5.4.2. */
  streamFault(streamId: number, code: number): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (!this.resets.take()) throw calm("faults of streams");
    this.resetStream(stream, code);
    stream.lost({ code: Status.INTERNAL, text: `the stream was ended: ${errorName(code)}` }, "unknown");
  }

  /** Source: RFC 9113, section 5.1, "closed" and "idle". */
  #onClosedStream(streamId: number, what: string): void {
    if (this.isIdle(streamId)) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on idle stream ${streamId}`);
    if (!this.excuses(streamId)) throw new ConnectionError(ErrorCode.STREAM_CLOSED, `${what} on closed stream ${streamId}`);
  }

  /** Whether frames on a closed stream may still have been on their way. */
  protected excuses(streamId: number): boolean {
    return this.resetStreams.excuses(streamId);
  }

  #moveWindows(by: number): void {
    for (const stream of this.streams.all()) {
      stream.sendWindow += by;
      if (stream.sendWindow > MAX_31_BITS) throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
      if (stream.outbox !== undefined && by > 0) this.queue(stream);
    }
  }

  // ---- credit ----

  /** What a new stream may send. */
  get initialSendWindow(): number {
    return this.peer.initialWindowBytes;
  }

  creditStream(streamId: number, bytes: number): void {
    writeWindowUpdate(this.output, streamId, bytes);
  }

  /** Counts octets that are held for the peer; false when they would be too many. */
  hold(bytes: number): boolean {
    if (bytes > 0 && this.#heldBytes + bytes > this.bounds.maxHeldBytes) return false;
    this.#heldBytes += bytes;
    if (bytes < 0) this.creditConnection();
    return true;
  }

  /**
   * The connection's credit comes back on receipt, whatever its streams do with theirs, as long as not too much waits for readers. Parts of messages that somebody waits for do not count: without credit
   * they would never become whole, and beyond the bound their calls end.
   */
  creditConnection(): void {
    const used = CONNECTION_WINDOW_BYTES - this.#receiveWindow;
    if (used < CONNECTION_WINDOW_BYTES / 2 || this.over) return;
    const most = this.bounds.maxHeldBytes / 2;
    if (this.#heldBytes > most && this.#unreadBytes() > most) return;
    this.#receiveWindow += used;
    writeWindowUpdate(this.output, 0, used);
  }

  #unreadBytes(): number {
    let bytes = 0;
    for (const stream of this.streams.all()) bytes += stream.unreadBytes;
    return bytes;
  }

  // ---- sending ----

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
    this.#answeredSincePing = true;
    stream.sendWindow -= length;
    this.#sendWindow -= length;
  }

  /** Writes a frame of what waits in an outbox. */
  writePart(stream: Stream, outbox: Outbox, bytes: number, endStream: boolean): void {
    const { output } = this;
    output.reserve(FRAME_HEADER_BYTES + bytes);
    writeFrameHeader(output, bytes, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    this.#answeredSincePing = true;
    outbox.copy(output.buffer, output.at, bytes);
    output.at += bytes;
    stream.sendWindow -= bytes;
    this.#sendWindow -= bytes;
    this.#waitingBytes -= bytes;
  }

  /** Begins a header block of at most `most` octets: the encoder that it returns writes it, and {@link endBlock} sends it. */
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
    this.#answeredSincePing = true;
    if (this.#longBlock) return writeLongHeaders(output, streamId, encoder.out.subarray(0, encoder.at), endStream);
    const flags = endStream ? Flag.END_HEADERS | Flag.END_STREAM : Flag.END_HEADERS;
    writeFrameHeader(output, encoder.at - output.at - FRAME_HEADER_BYTES, FrameType.HEADERS, flags, streamId);
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
    if (!this.watch.has("stall")) this.watch.start("stall", this.bounds.stallTimeoutMs / 4);
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
    setImmediate(() => this.#tellDrained());
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

  /** A frame of each stream in turn, until nothing can be sent: a large message does not keep small ones waiting. */
  #beforeFlush(): void {
    this.turn++;
    while (this.#toSend.length > 0 && this.#sendWindow > 0 && !this.output.blocked && !this.over) {
      const turn = this.#toSend;
      this.#toSend = [];
      for (const stream of turn) {
        if (stream.closed || stream.outbox === undefined) stream.queued = false;
        else if (this.#sendWindow <= 0 || this.output.blocked || this.#sendFrame(stream)) this.#toSend.push(stream);
        else stream.queued = false;
      }
    }
    if (this.#toDrain.length > 0) this.#scheduleDrain();
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

  // ---- ends of streams ----

  /** This side has sent the end of a stream. */
  localEnd(stream: Stream): void {
    stream.localEnded = true;
    if (stream.remoteEnded) this.closeStream(stream);
  }

  /** The peer wants no more of a stream whose answer is whole and not yet read: what waits to be sent is dropped. */
  protected stopSending(stream: Stream): void {
    stream.localEnded = true;
    stream.ending = true;
    this.#waitingBytes -= stream.outbox?.bytes ?? 0;
    stream.outbox = undefined;
  }

  /** This side ends a stream at once. */
  resetStream(stream: Stream, code: number): void {
    if (stream.closed) return;
    if (!this.over) {
      writeReset(this.output, stream.id, code);
      if (!stream.remoteEnded) this.resetStreams.add(stream.id);
    }
    this.closeStream(stream);
  }

  /** A stream is over for both sides. */
  closeStream(stream: Stream): void {
    if (stream.closed) return;
    stream.release();
    this.streams.delete(stream.id);
    this.streamClosed(stream);
  }
}

/** What may be ahead at the carrier besides frames other than DATA. */
const MAX_DATA_AHEAD = 262_144;
const KEEPALIVE_PING: Buffer = Buffer.from("keepaliv");

function calm(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, what);
}
