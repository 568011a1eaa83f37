import type { Clock } from "@tightwire/core/runtime";
import { ConnectionError, calm, onClosed, onIdle } from "../frames/connection-error.js";
import type { FrameHandler } from "../frames/frame.js";
import { writePing, writeSettingsAck } from "../frames/frame-writer.js";
import { ErrorCode, Flag, MAX_31_BITS } from "../frames/protocol.js";
import { readSettings, type Settings } from "../frames/settings.js";
import type { Account } from "./account.js";
import type { ConnectionCredit } from "./connection-credit.js";
import type { ConnectionTimers } from "./connection-timers.js";
import { HeaderBlock } from "./header-block.js";
import type { HeaderWriter } from "./header-writer.js";
import type { Keepalive } from "./keepalive.js";
import type { Limits } from "./limits.js";
import type { OpenStreams } from "./open-streams.js";
import type { Output } from "./output.js";
import { RateLimit } from "./rate-limit.js";
import type { Sender } from "./sender.js";
import type { SessionSide } from "./session-side.js";
import type { Stream } from "./stream.js";

/** The parts of a connection that frames are for. */
export interface DispatchingSession {
  readonly side: SessionSide;
  readonly clock: Clock;
  readonly limits: Limits;
  /** What the peer asked for. */
  readonly peer: Settings;
  readonly streams: OpenStreams;
  readonly sender: Sender;
  readonly output: Output;
  readonly headers: HeaderWriter;
  readonly timers: ConnectionTimers;
  readonly account: Account;
  readonly credit: ConnectionCredit;
  readonly keepalive: Keepalive;
  readonly closed: boolean;
  streamFault(stream: Stream, code: number): void;
}

/**
 * Gives each frame that came to the part of the connection that it is for, holds it to the state of
 * its stream, and limits how often a peer sends frames that cost it nothing. Throws a
 * {@link ConnectionError} for what closes the connection. Source: RFC 9113, sections 5.1 and 6.
 */
export class FrameDispatcher implements FrameHandler {
  /** Whether HEADERS or DATA came since this side's last PING that asks for a sign of life. */
  receivedSincePing = false;
  readonly #session: DispatchingSession;
  readonly #block: HeaderBlock;
  readonly #pings: RateLimit;
  readonly #settings: RateLimit;
  readonly #emptyData: RateLimit;
  #settingsReceived = false;

  constructor(session: DispatchingSession) {
    const { clock, limits } = session;
    this.#session = session;
    this.#block = new HeaderBlock(limits, session.account);
    this.#pings = new RateLimit(limits.maxPingsPerSecond, clock);
    this.#settings = new RateLimit(limits.maxSettingsPerSecond, clock);
    this.#emptyData = new RateLimit(limits.maxEmptyDataPerSecond, clock);
  }

  /** The connection closed: forgets a header block under way. */
  close(): void {
    this.#block.drop();
  }

  get closed(): boolean {
    return this.#session.closed;
  }

  data(
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
    flowBytes: number,
    endStream: boolean,
  ): void {
    const session = this.#session;
    this.receivedSincePing = true;
    session.credit.take(flowBytes);
    if (start === end && !endStream && !this.#emptyData.take())
      throw calm("empty DATA", "maxEmptyDataPerSecond");
    const stream = session.streams.get(streamId);
    if (stream === undefined) return this.#onClosedStream(streamId, "DATA");
    if (stream.remoteClosed) return session.streamFault(stream, ErrorCode.STREAM_CLOSED);
    stream.receiveWindow -= flowBytes;
    if (stream.receiveWindow < 0) return session.streamFault(stream, ErrorCode.FLOW_CONTROL_ERROR);
    if (!stream.countContent(end - start, endStream))
      return session.streamFault(stream, ErrorCode.PROTOCOL_ERROR);
    if (!stream.headReceived) return stream.owner.dataBeforeHead();
    stream.reader.data(bytes, start, end, flowBytes, endStream);
  }

  headers(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    const endStream = (flags & Flag.END_STREAM) !== 0;
    this.receivedSincePing = true;
    if ((flags & Flag.END_HEADERS) !== 0)
      this.#session.side.headerBlock(streamId, endStream, bytes, start, end);
    else this.#block.begin(endStream, bytes, start, end);
  }

  continuation(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.#block.add(bytes, start, end);
    if ((flags & Flag.END_HEADERS) === 0) return;
    const whole = this.#block.take();
    this.#session.side.headerBlock(streamId, this.#block.endStream, whole, 0, whole.length);
  }

  reset(streamId: number, code: number): void {
    const { side, streams } = this.#session;
    if (side.isIdle(streamId)) throw onIdle("RST_STREAM", streamId);
    const stream = streams.get(streamId);
    if (stream === undefined) return;
    if (!streams.resets.take()) throw calm("resets", "maxResetsPerSecond");
    if (stream.owner.responded) {
      // The peer wants no more of a stream whose response is whole but not read: nothing is sent.
      stream.localClosed = true;
      stream.writer.ending = true;
      return stream.writer.release();
    }
    streams.close(stream);
    stream.owner.reset(code);
  }

  settings(bytes: Buffer, start: number, end: number): void {
    const session = this.#session;
    const { peer, side } = session;
    if (!this.#settings.take()) throw calm("SETTINGS", "maxSettingsPerSecond");
    const window = peer.initialWindowBytes;
    const next = { ...peer };
    readSettings(bytes, start, end, next, side.kind === "client");
    // All of them or, when one is refused, none: what is still sent keeps to those before.
    Object.assign(peer, next);
    session.headers.encoder.setPeerLimit(peer.headerTableBytes);
    if (peer.initialWindowBytes !== window)
      session.streams.moveSendWindows(peer.initialWindowBytes - window);
    writeSettingsAck(session.output);
    session.timers.stop("preface");
    const first = !this.#settingsReceived;
    this.#settingsReceived = true;
    side.settingsChanged(first);
  }

  settingsAcknowledged(): void {
    this.#session.timers.stop("settings");
  }

  ping(bytes: Buffer, start: number, acknowledged: boolean): void {
    const { keepalive, output, side } = this.#session;
    if (acknowledged) {
      if (!keepalive.acknowledged(bytes, start)) side.pingAcknowledged();
      return;
    }
    // Peers that measure the bandwidth send a PING with what they read: as many as our frames.
    if (!output.sentSincePing && !this.#pings.take())
      throw calm("too_many_pings", "maxPingsPerSecond");
    output.sentSincePing = false;
    writePing(output, bytes, start, true);
  }

  goaway(lastStreamId: number, code: number, debug: string): void {
    this.#session.side.goaway(lastStreamId, code, debug);
  }

  windowUpdate(streamId: number, increment: number): void {
    const { sender, side, streams } = this.#session;
    if (streamId === 0) {
      if (increment === 0)
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      return sender.growWindow(increment);
    }
    if (side.isIdle(streamId)) throw onIdle("WINDOW_UPDATE", streamId);
    const stream = streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) return this.streamFault(streamId, ErrorCode.PROTOCOL_ERROR);
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_31_BITS)
      return this.streamFault(streamId, ErrorCode.FLOW_CONTROL_ERROR);
    if (stream.writer.outbox !== undefined) sender.queue(stream);
  }

  streamFault(streamId: number, code: number): void {
    const stream = this.#session.streams.get(streamId);
    if (stream !== undefined) this.#session.streamFault(stream, code);
  }

  /** Source: RFC 9113, section 5.1, "closed" and "idle". */
  #onClosedStream(streamId: number, what: string): void {
    const { side } = this.#session;
    if (side.isIdle(streamId)) throw onIdle(what, streamId);
    if (!side.excuses(streamId)) throw onClosed(what, streamId);
  }
}
