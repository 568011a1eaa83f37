import { type Clock, type Random, type Status, StatusNumber } from "@tightwire/core/runtime";
import { ConnectionError, calm } from "../frames/connection-error.js";
import { writeGoaway, writeSettings, writeWindowUpdate } from "../frames/frame-writer.js";
import { DEFAULT_WINDOW_BYTES, ErrorCode, errorName } from "../frames/protocol.js";
import { defaultSettings, type Settings } from "../frames/settings.js";
import { Inflation } from "../grpc/inflation.js";
import { Account } from "./account.js";
import type { ByteTransport } from "./byte-transport.js";
import { CONNECTION_WINDOW_BYTES, ConnectionCredit } from "./connection-credit.js";
import { ConnectionTimers } from "./connection-timers.js";
import { type DispatchingSession, FrameDispatcher } from "./frame-dispatcher.js";
import { HeaderWriter } from "./header-writer.js";
import { Keepalive, type KeepaliveOptions } from "./keepalive.js";
import type { LimitName, Limits } from "./limits.js";
import { OpenStreams } from "./open-streams.js";
import type { Output } from "./output.js";
import { ProcessAccount } from "./process-account.js";
import { type ReadConnection, Reading } from "./reading.js";
import { Sender } from "./sender.js";
import type { SessionSide } from "./session-side.js";
import { shed } from "./shed.js";
import { type StalledSession, StallGuard } from "./stall-guard.js";
import type { Stream, StreamSession } from "./stream.js";
import { timedOut } from "./timeouts.js";

/** Credit that a peer has on each stream: a message of ordinary size never waits for more. */
const STREAM_WINDOW_BYTES = 1_048_576;
/** How long a closed connection still reads, so that its peer can read why. */
const LINGER_MS = 1_000;
/** What may wait at the transport besides frames other than DATA. */
const MAX_DATA_AHEAD = 262_144;

/** How a connection is kept; see the options of the transports. */
export interface SessionOptions extends KeepaliveOptions {
  readonly limits: Limits;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
  /** What the connection is counted in. Default: one of its own. */
  readonly process?: ProcessAccount | undefined;
}

/**
 * One HTTP/2 connection, without its socket: takes bytes in {@link receive}, gives bytes to a
 * {@link ByteTransport}, and carries calls as streams. It holds the parts of a connection together;
 * a {@link SessionSide} decides what differs between client and server. It closes in {@link fail}
 * (this side found a fault), {@link transportClosed}, or {@link finish} (all is done).
 */
export class Session implements StreamSession, DispatchingSession, StalledSession, ReadConnection {
  readonly options: SessionOptions;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly side: SessionSide;
  readonly streamWindowBytes: number = STREAM_WINDOW_BYTES;
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  /** Whether the last DATA frame ends a stream: a client's does, a server's trailers do. */
  readonly endsWithData: boolean;
  /** The error message for a peer that finishes inside a message. */
  readonly cutShort: string;
  /** What the peer asked for. */
  readonly peer: Settings = defaultSettings();
  readonly streams: OpenStreams;
  readonly sender: Sender;
  readonly output: Output;
  readonly headers: HeaderWriter;
  readonly timers: ConnectionTimers;
  /** What the connection makes the process hold. */
  readonly account: Account;
  readonly credit: ConnectionCredit;
  readonly keepalive: Keepalive;
  readonly inflation: Inflation;
  readonly transport: ByteTransport;
  /** Hears the frames that come. */
  readonly frames: FrameDispatcher;
  readonly stall: StallGuard = new StallGuard(this);
  readonly #reading: Reading;

  constructor(
    transport: ByteTransport,
    options: SessionOptions,
    side: SessionSide,
    maxResetsPerSecond: number,
  ) {
    const { limits, clock } = options;
    this.options = options;
    this.limits = limits;
    this.clock = clock;
    this.side = side;
    this.maxMessageBytes = options.maxMessageBytes;
    this.endsWithData = side.kind === "client";
    this.cutShort =
      side.kind === "client"
        ? "the response ends in the middle of a message"
        : "the requests end in the middle of a message";
    this.transport = transport;
    this.account = new Account(limits, options.process ?? new ProcessAccount(), {
      shed: (bytes) => shed(this, bytes),
      limitActed: (limit, effect) => side.limitActed(limit, effect),
    });
    this.sender = new Sender(transport, limits, clock, this.account, this);
    this.output = this.sender.output;
    this.headers = new HeaderWriter(this.output);
    this.streams = new OpenStreams(this, maxResetsPerSecond, clock);
    this.credit = new ConnectionCredit(this, limits.maxHeldBytes);
    this.inflation = new Inflation(clock, limits, options.maxMessageBytes, () =>
      this.account.acted("maxInflatedBytesPerSecond", "compressed messages wait"),
    );
    this.timers = new ConnectionTimers(clock, (timer) => timedOut(this, timer));
    this.keepalive = new Keepalive(clock, options, this.timers, this.output);
    this.frames = new FrameDispatcher(this);
    this.#reading = new Reading(this);
    this.timers.start("preface", limits.prefaceTimeoutMs);
  }

  /** Whether nothing is read or written any more. */
  get closed(): boolean {
    return this.sender.closed;
  }

  /** Sends this side's SETTINGS and opens its window. */
  begin(settings: readonly (readonly [id: number, value: number])[]): void {
    writeSettings(this.output, settings);
    writeWindowUpdate(this.output, 0, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES);
    this.timers.start("settings", this.limits.settingsTimeoutMs);
    this.keepalive.start();
  }

  /** Handles bytes from the peer. Never throws. */
  receive(bytes: Buffer): void {
    if (this.closed) return;
    this.keepalive.heard();
    this.#reading.receive(bytes);
  }

  bytesRead(): void {
    if (this.output.waitingBytes <= this.limits.maxUnreadControlBytes + MAX_DATA_AHEAD) return;
    // No GOAWAY would reach a peer that reads nothing.
    this.#closedAt("maxUnreadControlBytes");
    this.transportClosed("the connection was closed: the peer does not read what it is sent");
  }

  readingFailed(error: unknown): void {
    if (error instanceof ConnectionError) {
      if (error.limit !== undefined) this.#closedAt(error.limit as LimitName);
      this.fail(error.code, error.message);
    } else this.fail(ErrorCode.INTERNAL_ERROR, "a fault of this engine", String(error));
  }

  #closedAt(limit: LimitName): void {
    if (!this.closed) this.account.acted(limit, "the connection was closed");
  }

  /** Closes the connection because its peer went beyond a limit. */
  failAtLimit(limit: LimitName, message: string, code: number = ErrorCode.ENHANCE_YOUR_CALM): void {
    this.#closedAt(limit);
    this.fail(code, message);
  }

  /**
   * The transport closed. A client first reads what came before: its callers wait for responses. A
   * server drops it, since its peer can be told nothing any more.
   */
  transportClosed(message: string): void {
    if (!this.closed && this.side.kind === "client") this.#reading.finish();
    if (this.closed) return;
    this.#close({ code: this.#failureCode, message });
    this.transport.destroy();
  }

  /** Closes the connection for a fault, and says so. `detail` is for this side alone. */
  fail(code: number, message: string, detail: string = message): void {
    this.side.beforeGoaway();
    if (this.closed) return;
    writeGoaway(this.output, this.side.lastPeerStream, code, message);
    this.output.flush();
    if (this.closed) return; // what the flush sent was a fault, too
    const why = `the connection was closed: ${errorName(code)}: ${detail}`;
    this.#close({ code: this.#failureCode, message: why });
    this.#linger();
  }

  /** Closes the connection after what waits was written: everything is done. */
  finish(status: Status): void {
    if (this.closed) return;
    this.output.flush();
    if (this.closed) return;
    this.#close(status);
    this.#linger();
  }

  /** The status of calls that finish with the connection. */
  get #failureCode(): number {
    return this.side.kind === "client" ? StatusNumber.UNAVAILABLE : StatusNumber.CANCELLED;
  }

  #linger(): void {
    this.transport.end();
    this.timers.start("linger", LINGER_MS);
  }

  #close(status: Status): void {
    this.sender.close();
    this.timers.stopAll();
    this.frames.close();
    this.#reading.close();
    this.side.closed(status);
    for (const stream of this.streams.all()) {
      this.streams.close(stream);
      stream.owner.failed(status, "unknown");
    }
    this.account.close();
  }

  sendingWaits(): void {
    this.stall.start();
  }

  // ---- streams ----

  /** What a new stream may send. */
  get initialSendWindow(): number {
    return this.peer.initialWindowBytes;
  }

  streamClosed(stream: Stream): void {
    this.side.streamClosed(stream);
  }

  /** This side sent the end of a stream. */
  localEnd(stream: Stream): void {
    stream.localClosed = true;
    this.output.callWritten();
    this.side.localEnd(stream);
  }

  /** Resets a stream for a fault that is its alone. Source: RFC 9113, section 5.4.2. */
  streamFault(stream: Stream, code: number): void {
    if (!this.streams.resets.take()) throw calm("faults of streams", "maxResetsPerSecond");
    this.streams.reset(stream, code);
    const message = `the stream was reset: ${errorName(code)}`;
    stream.owner.failed({ code: StatusNumber.INTERNAL, message }, "unknown");
  }

  creditStream(streamId: number, bytes: number): void {
    writeWindowUpdate(this.output, streamId, bytes);
  }

  giveCredit(bytes: number): void {
    if (!this.closed) writeWindowUpdate(this.output, 0, bytes);
  }
}
