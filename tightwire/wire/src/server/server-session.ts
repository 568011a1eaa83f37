import type { Peer } from "@tightwire/core";
import { type Acceptor, SHUTTING_DOWN, type Status } from "@tightwire/core/runtime";
import { ConnectionError, calm, onClosed } from "../frames/connection-error.js";
import { writeGoaway, writeReset } from "../frames/frame-writer.js";
import { ErrorCode } from "../frames/protocol.js";
import { SettingId } from "../frames/settings.js";
import { RequestHead } from "../grpc/request-head.js";
import { HpackDecoder } from "../hpack/decoder.js";
import type { ByteTransport } from "../session/byte-transport.js";
import type { TimerName } from "../session/connection-timers.js";
import type { LimitName } from "../session/limits.js";
import { Session } from "../session/session.js";
import type { SessionSide } from "../session/session-side.js";
import type { Stream } from "../session/stream.js";
import { faultOf, httpStatusOf, isMalformed } from "./call-fault.js";
import { jittered, ServerDrain, TOO_OLD } from "./drain.js";
import { NOT_HTTP2, PrefaceReader, REFUSAL } from "./preface.js";
import { ResponseWriter } from "./response-writer.js";
import { ServerStream } from "./server-stream.js";
import type { ServerSessionOptions, ServerSessionOwner } from "./session-options.js";

/**
 * A server's side of a connection: opens calls, refuses what it must, and drains in two steps.
 * Source: RFC 9113, sections 5.1.1, 6.8 and 8.1.
 */
export class ServerSession implements SessionSide {
  readonly kind = "server";
  readonly session: Session;
  readonly peer: Peer;
  readonly responses: ResponseWriter;
  readonly acceptor: Acceptor;
  readonly #transport: ByteTransport;
  readonly #options: ServerSessionOptions;
  readonly #owner: ServerSessionOwner;
  readonly #decoder: HpackDecoder = new HpackDecoder();
  readonly #head: RequestHead;
  /** Until the whole preface came. */
  #preface: PrefaceReader | undefined = new PrefaceReader();
  #lastStream = 0;
  /** Calls that take a place: those on the wire, and cancelled ones whose handler still runs. */
  #active = 0;
  readonly #drain: ServerDrain;
  #greeted = false;

  constructor(
    transport: ByteTransport,
    options: ServerSessionOptions,
    peer: Peer,
    owner: ServerSessionOwner,
  ) {
    this.#transport = transport;
    this.#options = options;
    this.peer = peer;
    this.#owner = owner;
    this.acceptor = owner.acceptor;
    this.#head = new RequestHead(options.limits);
    this.session = new Session(transport, options, this, options.limits.maxResetsPerSecond);
    this.responses = new ResponseWriter(this.session.headers);
    this.#drain = new ServerDrain(this.session);
    this.session.timers.start("age", jittered(options.maxAgeMs, options.random));
    this.session.timers.start("idle", options.maxIdleMs);
  }

  /** Calls that take a place. */
  get active(): number {
    return this.#active;
  }

  receive(bytes: Buffer): void {
    if (this.#preface === undefined) return this.session.receive(bytes);
    if (this.session.closed) return;
    const rest = this.#preface.read(bytes);
    if (rest === "more") return;
    if (rest === "refused") {
      this.#transport.write(REFUSAL);
      return this.session.finish(NOT_HTTP2);
    }
    this.#preface = undefined;
    this.#greet();
    if (rest.length > 0) this.session.receive(rest);
  }

  transportClosed(message: string): void {
    this.session.transportClosed(message);
  }

  /**
   * Sends the SETTINGS that come before any other frame: no sooner than the client has shown that
   * it speaks HTTP/2. Another client could not read its refusal behind them.
   */
  #greet(): void {
    const { session } = this;
    if (this.#greeted || session.closed) return;
    this.#greeted = true;
    session.begin([
      [SettingId.MAX_CONCURRENT_STREAMS, session.limits.maxConcurrentStreams],
      [SettingId.INITIAL_WINDOW_SIZE, session.streamWindowBytes],
      [SettingId.MAX_HEADER_LIST_SIZE, session.limits.maxHeaderListBytes],
    ]);
  }

  /**
   * Takes no new calls, in two steps so that none is lost, and closes when those in flight have
   * finished.
   */
  drain(): void {
    if (this.#drain.begun || this.session.closed) return;
    this.#greet();
    this.#drain.begin();
  }

  /**
   * Closes the connection and finishes its calls. A reset would tell callers that they had
   * cancelled.
   */
  close(status: Status): void {
    if (this.session.closed) return;
    this.#greet();
    this.#drain.begun = true; // whoever hears of it may ask for that
    if (this.#drain.finalStream === undefined)
      writeGoaway(this.session.output, this.#lastStream, ErrorCode.NO_ERROR, status.message);
    this.session.finish(status);
  }

  /** The handler of a cancelled call has finished. */
  placeFree({ headerBytes }: ServerStream): void {
    if (headerBytes !== undefined) this.session.account.closeCall(headerBytes);
    this.#active--;
    if (this.#active > 0 || this.session.closed) return;
    this.session.timers.start("idle", this.#options.maxIdleMs);
    if (this.#drain.finalStream !== undefined) this.session.finish(SHUTTING_DOWN);
  }

  headerBlock(
    streamId: number,
    endStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const { limits, streams } = this.session;
    const head = this.#head;
    head.clear();
    this.#decoder.decode(bytes, start, end, head.fields);
    const stream = streams.get(streamId);
    if (stream !== undefined) return this.#trailers(stream, endStream, head);
    if ((streamId & 1) === 0)
      throw new ConnectionError(
        ErrorCode.PROTOCOL_ERROR,
        `HEADERS on stream ${streamId}, which no client may open`,
      );
    if (streamId <= this.#lastStream) {
      if (this.excuses(streamId)) return;
      throw onClosed("HEADERS", streamId);
    }
    this.#lastStream = streamId;
    // The client was told that no more are served.
    if (this.#drain.finalStream !== undefined) return;
    if (isMalformed(head, endStream)) {
      if (!streams.resets.take()) throw calm("malformed requests", "maxResetsPerSecond");
      return this.#refuseStream(streamId, endStream, ErrorCode.PROTOCOL_ERROR);
    }
    if (this.#active < limits.maxConcurrentStreams) return this.#open(streamId, endStream, head);
    this.session.account.acted("maxConcurrentStreams", "a call was refused");
    this.#refuseStream(streamId, endStream, ErrorCode.REFUSED_STREAM);
  }

  #open(streamId: number, endStream: boolean, head: RequestHead): void {
    const { session } = this;
    const httpStatus = httpStatusOf(head);
    if (httpStatus !== undefined) {
      this.responses.writeHttp(streamId, httpStatus);
      if (!endStream) this.#refuseStream(streamId, endStream, ErrorCode.NO_ERROR);
      return;
    }
    if (this.#active++ === 0) session.timers.stop("idle");
    const call = new ServerStream(this, streamId, head);
    session.streams.add(call.stream);
    call.fault = faultOf(head, call, session);
    call.begin(endStream);
  }

  /** The trailers of a request came, which gRPC does not use. */
  #trailers(stream: Stream, endStream: boolean, head: RequestHead): void {
    const { session } = this;
    if (stream.remoteClosed) return session.streamFault(stream, ErrorCode.STREAM_CLOSED);
    const malformed = !endStream || head.hasPseudoFields || head.fields.fault !== undefined;
    if (malformed || !stream.countContent(0, true))
      return session.streamFault(stream, ErrorCode.PROTOCOL_ERROR);
    stream.reader.endReceived();
  }

  #refuseStream(streamId: number, endStream: boolean, code: number): void {
    writeReset(this.session.output, streamId, code);
    if (!endStream) this.session.streams.noteReset(streamId);
  }

  goaway(): void {
    // The client opens no more streams; open ones go on.
    this.drain();
  }

  pingAcknowledged(): void {
    if (this.session.timers.has("drain")) this.#drainFinally();
  }

  #drainFinally(): void {
    this.#drain.complete(this.#lastStream);
    if (this.#active === 0) this.session.finish(SHUTTING_DOWN);
  }

  timedOut(timer: TimerName): void {
    switch (timer) {
      case "drain":
        return this.#drainFinally();
      case "idle":
        return this.drain();
      case "age":
        if (this.#drain.begun) return this.close(TOO_OLD);
        this.drain();
        return this.session.timers.start("age", this.#options.maxAgeGraceMs);
      default:
    }
  }

  isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#lastStream;
  }

  excuses(streamId: number): boolean {
    return this.session.streams.wasReset(streamId) || this.#drain.isBeyond(streamId);
  }

  get lastPeerStream(): number {
    return this.#drain.finalStream ?? this.#lastStream;
  }

  localEnd(stream: Stream): void {
    if (stream.remoteClosed) this.session.streams.close(stream);
  }

  streamClosed({ owner }: Stream): void {
    const call = owner as ServerStream;
    if (call.isHandlerFinished) this.placeFree(call);
  }

  limitActed(limit: LimitName, effect: string): void {
    this.#owner.limitActed?.({ limit, peer: this.peer.address, effect });
  }

  settingsChanged(): void {}

  beforeGoaway(): void {
    this.#greet();
  }

  closed(): void {
    this.#owner.sessionClosed();
  }
}
