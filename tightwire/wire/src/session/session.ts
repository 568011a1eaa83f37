import { type Clock, type Random, type Status, StatusNumber } from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { type FrameHandler, FrameReader } from "../frames/frame-reader.js";
import {
  writeGoaway,
  writePing,
  writeReset,
  writeSettings,
  writeSettingsAck,
  writeWindowUpdate,
} from "../frames/frame-writer.js";
import {
  DEFAULT_WINDOW_BYTES,
  ErrorCode,
  errorName,
  Flag,
  MAX_31_BITS,
} from "../frames/protocol.js";
import { defaultSettings, readSettings, type Settings } from "../frames/settings.js";
import { HpackDecoder } from "../hpack/decoder.js";
import type { ByteTransport } from "./byte-transport.js";
import {
  CONNECTION_WINDOW_BYTES,
  ConnectionCredit,
  type CreditOwner,
} from "./connection-credit.js";
import { ConnectionTimers, type Wait } from "./connection-timers.js";
import { HeaderBlock } from "./header-block.js";
import { Keepalive, type KeepaliveOptions } from "./keepalive.js";
import type { Limits } from "./limits.js";
import { RateLimit } from "./rate-limit.js";
import { ResetStreams } from "./reset-streams.js";
import { Sender } from "./sender.js";
import type { Stream } from "./stream.js";
import { StreamTable } from "./stream-table.js";

/**
 * Credit that a peer has on each stream: an answer or request of ordinary size never waits for
 * more.
 */
const STREAM_WINDOW_BYTES = 1_048_576;
/**
 * How long octets of the peer are still read after a connection was ended, so that it can read why.
 */
const LINGER_MS = 1_000;

/** How a connection is kept; see the options of the transports. */
export interface SessionOptions extends KeepaliveOptions {
  readonly limits: Limits;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * One HTTP/2 connection, without its socket: octets in, octets out to a {@link ByteTransport},
 * calls as {@link Stream}s. The two sides extend it. Everything that comes is read in
 * {@link receive}; everything that ends it goes through {@link fail} (this side found a fault),
 * {@link lost} (the carrier is gone) or {@link finish} (all is done).
 */
export abstract class Session extends Sender implements FrameHandler, CreditOwner {
  readonly options: SessionOptions;
  readonly streamWindowBytes: number = STREAM_WINDOW_BYTES;
  /** What the peer has asked for. */
  readonly peer: Settings = defaultSettings();

  protected readonly carrier: ByteTransport;
  protected readonly streams: StreamTable<Stream> = new StreamTable<Stream>();
  protected readonly decoder: HpackDecoder = new HpackDecoder();
  protected readonly timers: ConnectionTimers = new ConnectionTimers(this.clock, (wait) =>
    this.expired(wait),
  );
  /** Streams that this side ended while the peer was sending. */
  protected readonly resetStreams: ResetStreams = new ResetStreams();
  /** Calls that the peer resets, or makes this side reset. */
  protected readonly resets: RateLimit;
  readonly #reader: FrameReader = new FrameReader(this);
  readonly #block: HeaderBlock;
  readonly #pings: RateLimit;
  readonly #settings: RateLimit;
  readonly #emptyData: RateLimit;
  readonly #credit: ConnectionCredit;
  readonly #keepalive: Keepalive;
  #progressSeen = -1;
  #greeted = false;

  constructor(carrier: ByteTransport, options: SessionOptions, maxResetsPerSecond: number) {
    const { limits } = options;
    super(carrier, limits, options.clock);
    this.carrier = carrier;
    this.options = options;
    this.#credit = new ConnectionCredit(this, limits.maxHeldBytes);
    this.#keepalive = new Keepalive(options.clock, options, this.timers, this.output);
    this.#block = new HeaderBlock(limits);
    this.resets = new RateLimit(maxResetsPerSecond, options.clock);
    this.#pings = new RateLimit(limits.maxPingsPerSecond, options.clock);
    this.#settings = new RateLimit(limits.maxSettingsPerSecond, options.clock);
    this.#emptyData = new RateLimit(limits.maxEmptyDataPerSecond, options.clock);
    this.timers.start("preface", limits.prefaceTimeoutMs);
  }

  // ---- what the two sides make of it ----

  /** A whole header block. It must be decoded, whatever becomes of its stream. */
  protected abstract headerBlock(
    streamId: number,
    endStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  /** Whether no stream with this id was ever opened. */
  protected abstract isIdle(streamId: number): boolean;
  /** The highest stream of the peer's that was looked at, for GOAWAY. */
  protected abstract get lastPeerStream(): number;
  /** A stream is over and out of the table. */
  protected abstract streamClosed(stream: Stream): void;
  /** The peer's first SETTINGS are there, or later ones changed what it allows. */
  protected abstract settingsChanged(first: boolean): void;
  /** It is over, once. */
  protected abstract ended(cause: Status): void;
  protected abstract readonly peerIsServer: boolean;
  /** The status of calls that end with the connection. */
  protected abstract readonly lossCode: number;
  abstract goaway(lastStreamId: number, code: number, debug: string): void;

  // ---- life ----

  /** Sends this side's SETTINGS and opens its window. */
  protected begin(settings: readonly (readonly [id: number, value: number])[]): void {
    writeSettings(this.output, settings);
    writeWindowUpdate(this.output, 0, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES);
    this.timers.start("settings", this.limits.settingsTimeoutMs);
    this.#keepalive.start();
  }

  /** Octets came. Never throws. */
  receive(bytes: Buffer): void {
    if (this.over) return;
    this.#keepalive.heard();
    try {
      this.#reader.push(bytes);
    } catch (error) {
      if (error instanceof ConnectionError) this.fail(error.code, error.message);
      else this.fail(ErrorCode.INTERNAL_ERROR, "a fault of this engine", String(error));
      return;
    }
    if (this.#reader.waitsForMore) {
      if (this.#progressSeen !== this.#reader.progress)
        this.timers.start("headers", this.limits.headersTimeoutMs);
      this.#progressSeen = this.#reader.progress;
    } else if (this.#progressSeen !== -1) {
      this.timers.stop("headers");
      this.#progressSeen = -1;
    }
    if (this.output.waitingBytes > this.limits.maxUnreadControlBytes + MAX_DATA_AHEAD)
      this.#notRead();
  }

  /** The carrier is gone. */
  lost(text: string): void {
    if (this.over) return;
    this.#end({ code: this.lossCode, message: text });
    this.carrier.destroy();
  }

  /** This side ends the connection for a fault, and says so. `detail` is for this side alone. */
  fail(code: number, text: string, detail: string = text): void {
    if (this.over) return;
    writeGoaway(this.output, this.lastPeerStream, code, text);
    this.output.flush();
    if (this.over) return; // what the flush still sent was a fault too
    this.#end({
      code: this.lossCode,
      message: `the connection was ended: ${errorName(code)}: ${detail}`,
    });
    this.#linger();
  }

  /** Everything is done: ends the connection after what waits has been written. */
  protected finish(cause: Status): void {
    if (this.over) return;
    this.output.flush();
    if (this.over) return;
    this.#end(cause);
    this.#linger();
  }

  #linger(): void {
    this.carrier.end();
    this.timers.start("linger", LINGER_MS);
  }

  #end(cause: Status): void {
    this.over = true;
    this.stopAllSending();
    this.timers.stopAll();
    for (const stream of this.streams.all()) {
      this.closeStream(stream);
      stream.lost(cause, "unknown");
    }
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
        return this.fail(
          ErrorCode.ENHANCE_YOUR_CALM,
          "a frame or header block was not whole in time",
        );
      case "keepalive":
        return this.#keepalive.ask();
      case "pong":
        if (this.#keepalive.unanswered())
          this.lost("the connection was ended: the peer did not answer a PING in time");
        return;
      case "stall":
        return this.#resetStalled();
      default:
    }
  }

  protected override sendingWaits(): void {
    if (!this.timers.has("stall")) this.timers.start("stall", this.limits.stallTimeoutMs / 4);
  }

  #resetStalled(): void {
    const late = this.clock.now() - this.limits.stallTimeoutMs;
    let waiting = false;
    for (const stream of this.streams.all()) {
      if (stream.outbox === undefined) continue;
      waiting = true;
      if (!stream.ending || stream.waitsSince > late) continue;
      this.resetStream(stream, ErrorCode.CANCEL);
      stream.lost(
        { code: StatusNumber.UNAVAILABLE, message: "the peer did not read the message in time" },
        "unknown",
      );
    }
    // A reset may have been the last thing that a drained connection waited for.
    if (waiting && !this.over) this.timers.start("stall", this.limits.stallTimeoutMs / 4);
  }

  // ---- frames that come ----

  data(
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
    flowBytes: number,
    endStream: boolean,
  ): void {
    this.#credit.take(flowBytes);
    if (start === end && !endStream && !this.#emptyData.take()) throw calm("empty DATA");
    const stream = this.streams.get(streamId);
    if (stream === undefined) return this.#onClosedStream(streamId, "DATA");
    if (stream.remoteEnded) return this.streamFault(streamId, ErrorCode.STREAM_CLOSED);
    stream.receiveWindow -= flowBytes;
    if (stream.receiveWindow < 0) return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    if (!stream.countContent(end - start, endStream))
      return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
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
    if (this.isIdle(streamId))
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `RST_STREAM on idle stream ${streamId}`);
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (!this.resets.take()) throw calm("resets");
    if (stream.responded) return this.stopSending(stream);
    this.closeStream(stream);
    stream.reset(code);
  }

  settings(bytes: Buffer, start: number, end: number): void {
    if (!this.#settings.take()) throw calm("SETTINGS");
    const window = this.peer.initialWindowBytes;
    const next = { ...this.peer };
    readSettings(bytes, start, end, next, this.peerIsServer);
    // All of them or, when one is refused, none: what is still sent keeps to those that held.
    Object.assign(this.peer, next);
    this.encoder.setPeerLimit(this.peer.headerTableBytes);
    if (this.peer.initialWindowBytes !== window)
      this.#moveWindows(this.peer.initialWindowBytes - window);
    writeSettingsAck(this.output);
    this.timers.stop("preface");
    const first = !this.#greeted;
    this.#greeted = true;
    this.settingsChanged(first);
  }

  settingsAcknowledged(): void {
    this.timers.stop("settings");
  }

  ping(bytes: Buffer, start: number, acknowledged: boolean): void {
    if (!acknowledged) {
      // Peers that measure the bandwidth send a PING with what they read: as many as they get
      // frames of ours.
      if (!this.respondedSincePing && !this.#pings.take()) throw calm("too_many_pings");
      this.respondedSincePing = false;
      writePing(this.output, bytes, start, true);
    } else if (!this.#keepalive.acknowledged(bytes, start)) this.pinged();
  }

  /** A PING of this side's own, other than for keepalive, was answered. */
  protected pinged(): void {}

  windowUpdate(streamId: number, increment: number): void {
    if (streamId === 0) {
      if (increment === 0)
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      return this.growSendWindow(increment);
    }
    if (this.isIdle(streamId))
      throw new ConnectionError(
        ErrorCode.PROTOCOL_ERROR,
        `WINDOW_UPDATE on idle stream ${streamId}`,
      );
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_31_BITS)
      return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    if (stream.outbox !== undefined) this.queue(stream);
  }

  /** A fault that is a stream's alone: it is reset. Source: RFC 9113, section 5.4.2. */
  streamFault(streamId: number, code: number): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    if (!this.resets.take()) throw calm("faults of streams");
    this.resetStream(stream, code);
    stream.lost(
      { code: StatusNumber.INTERNAL, message: `the stream was ended: ${errorName(code)}` },
      "unknown",
    );
  }

  /** Source: RFC 9113, section 5.1, "closed" and "idle". */
  #onClosedStream(streamId: number, what: string): void {
    if (this.isIdle(streamId))
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on idle stream ${streamId}`);
    if (!this.excuses(streamId))
      throw new ConnectionError(ErrorCode.STREAM_CLOSED, `${what} on closed stream ${streamId}`);
  }

  /** Whether frames on a closed stream may still have been on their way. */
  protected excuses(streamId: number): boolean {
    return this.resetStreams.excuses(streamId);
  }

  #moveWindows(by: number): void {
    for (const stream of this.streams.all()) {
      stream.sendWindow += by;
      if (stream.sendWindow > MAX_31_BITS)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 31 bits");
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
    return this.#credit.hold(bytes);
  }

  /** Messages were read: the connection's credit may come back. */
  creditConnection(): void {
    this.#credit.give();
  }

  unreadBytes(): number {
    let bytes = 0;
    for (const stream of this.streams.all()) bytes += stream.unreadBytes;
    return bytes;
  }

  giveCredit(bytes: number): void {
    if (!this.over) writeWindowUpdate(this.output, 0, bytes);
  }

  // ---- ends of streams ----

  /** This side has sent the end of a stream. */
  localEnd(stream: Stream): void {
    stream.localEnded = true;
    this.output.callWritten();
    if (stream.remoteEnded) this.closeStream(stream);
  }

  /**
   * The peer wants no more of a stream whose answer is whole and not yet read: what waits to be
   * sent is dropped.
   */
  protected stopSending(stream: Stream): void {
    stream.localEnded = true;
    stream.ending = true;
    this.countWaiting(-(stream.outbox?.bytes ?? 0));
    stream.outbox = undefined;
  }

  /** This side ends a stream at once. */
  resetStream(stream: Stream, code: number): void {
    if (stream.closed) return;
    if (!this.over) {
      // One that both sides have ended is closed already, whoever still reads it.
      if (!stream.localEnded || !stream.remoteEnded) writeReset(this.output, stream.id, code);
      // Even behind the peer's end: the rest of the very frame that brought this about may be on
      // its way.
      this.resetStreams.add(stream.id);
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

function calm(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, what);
}
