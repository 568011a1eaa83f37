import type { Peer } from "@tightwire/core";
import {
  type Acceptor,
  malformedTimeout,
  type Random,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { ConnectionError, calm, onClosed } from "../frames/connection-error.js";
import { writeGoaway, writePing, writeReset } from "../frames/frame-writer.js";
import { ErrorCode, MAX_31_BITS } from "../frames/protocol.js";
import { SettingId } from "../frames/settings.js";
import { isKnownEncoding } from "../grpc/compression.js";
import { RequestHead } from "../grpc/request-head.js";
import { isGrpc } from "../grpc/response-head.js";
import { HpackDecoder } from "../hpack/decoder.js";
import type { ByteTransport } from "../session/byte-transport.js";
import type { TimerName } from "../session/connection-timers.js";
import { Session, type SessionOptions, type SessionSide } from "../session/session.js";
import type { Stream } from "../session/stream.js";
import { refusePreface } from "./preface.js";
import { ResponseWriter } from "./response-writer.js";
import { ServerStream } from "./server-stream.js";

/** How a server keeps a connection. */
export interface ServerSessionOptions extends SessionOptions {
  /** After so long without calls the connection is drained. `Infinity` for never. */
  readonly maxIdleMs: number;
  /** At this age the connection is drained. `Infinity` for never. */
  readonly maxAgeMs: number;
  /** How long calls of a connection that is too old may go on. */
  readonly maxAgeGraceMs: number;
}

/** What a connection asks of its server. */
export interface ServerSessionOwner {
  readonly acceptor: Acceptor;
  /** The session closed. */
  sessionClosed(session: ServerSession): void;
}

/** How long the client may take to hear that it must open no more streams. */
const DRAIN_ROUND_TRIP_MS = 1_000;
const DRAIN_PING: Buffer = Buffer.from("draining");

/**
 * A server's side of a connection: opens calls, refuses what it must, and drains in two steps.
 * Source: RFC 9113, sections 5.1.1, 6.8 and 8.1.
 */
export class ServerSession implements SessionSide {
  readonly kind = "server";
  readonly session: Session;
  readonly peer: Peer;
  readonly responses: ResponseWriter;
  readonly #transport: ByteTransport;
  readonly #options: ServerSessionOptions;
  readonly #owner: ServerSessionOwner;
  readonly #decoder: HpackDecoder = new HpackDecoder();
  readonly #head: RequestHead;
  #preface: Buffer | undefined = Buffer.alloc(0);
  #lastStream = 0;
  /** Calls that take a place: those on the wire, and cancelled ones whose handler still runs. */
  #active = 0;
  /** The last stream that gets a response, once the client was told. */
  #finalStream: number | undefined = undefined;
  #draining = false;
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
    this.#head = new RequestHead(options.limits);
    this.session = new Session(transport, options, this, options.limits.maxResetsPerSecond);
    this.responses = new ResponseWriter(this.session.headers);
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
    const begun = this.#preface.length === 0 ? bytes : Buffer.concat([this.#preface, bytes]);
    const rest = refusePreface(begun);
    if (rest === "not yet") this.#preface = Buffer.from(begun);
    else if (typeof rest === "number") {
      this.#preface = undefined;
      this.#greet();
      if (rest < begun.length) this.session.receive(begun.subarray(rest));
    } else {
      this.#transport.write(rest);
      this.session.finish({
        code: StatusNumber.CANCELLED,
        message: "the client does not speak HTTP/2",
      });
    }
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
    const { output, timers, closed } = this.session;
    if (this.#draining || closed) return;
    this.#draining = true;
    this.#greet();
    writeGoaway(output, MAX_31_BITS, ErrorCode.NO_ERROR, "");
    writePing(output, DRAIN_PING, 0, false);
    timers.start("drain", DRAIN_ROUND_TRIP_MS);
  }

  /**
   * Closes the connection and finishes its calls. A reset would tell callers that they had
   * cancelled.
   */
  close(status: Status): void {
    if (this.session.closed) return;
    this.#greet();
    this.#draining = true; // whoever hears of it may ask for that
    if (this.#finalStream === undefined)
      writeGoaway(this.session.output, this.#lastStream, ErrorCode.NO_ERROR, status.message);
    this.session.finish(status);
  }

  /** The handler of a cancelled call has finished. */
  placeFree(): void {
    this.#active--;
    if (this.#active > 0 || this.session.closed) return;
    this.session.timers.start("idle", this.#options.maxIdleMs);
    if (this.#finalStream !== undefined) this.session.finish(DRAINED);
  }

  // ---- what the session tells ----

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
    if (this.#finalStream !== undefined) return; // the client was told that no more are served
    const promisesMore = endStream && (head.fields.contentLength ?? 0) > 0;
    if ((head.headFault !== undefined || promisesMore) && !head.fields.tooLarge) {
      if (!streams.resets.take()) throw calm("malformed requests");
      return this.#refuseStream(streamId, endStream, ErrorCode.PROTOCOL_ERROR);
    }
    if (this.#active >= limits.maxConcurrentStreams)
      return this.#refuseStream(streamId, endStream, ErrorCode.REFUSED_STREAM);
    this.#open(streamId, endStream, head);
  }

  #open(streamId: number, endStream: boolean, head: RequestHead): void {
    const { session } = this;
    if (!head.fields.tooLarge) {
      if (head.method !== "POST") return this.#respondHttp(streamId, endStream, "405");
      if (!isGrpc(head.contentType)) return this.#respondHttp(streamId, endStream, "415");
    }
    if (this.#active++ === 0) session.timers.stop("idle");
    const call = new ServerStream(this, streamId, head);
    session.streams.add(call.stream);
    call.fault = faultOf(head, session.limits.maxHeaderListBytes);
    call.begin(this.#owner.acceptor.open(call), endStream);
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

  #respondHttp(streamId: number, endStream: boolean, httpStatus: string): void {
    this.responses.writeHttp(streamId, httpStatus);
    if (!endStream) this.#refuseStream(streamId, endStream, ErrorCode.NO_ERROR);
  }

  goaway(): void {
    // The client opens no more streams; open ones go on.
    this.drain();
  }

  pingAcknowledged(): void {
    if (this.session.timers.has("drain")) this.#drainFinally();
  }

  #drainFinally(): void {
    const { session } = this;
    session.timers.stop("drain");
    this.#finalStream = this.#lastStream;
    writeGoaway(session.output, this.#lastStream, ErrorCode.NO_ERROR, "");
    if (this.#active === 0) session.finish(DRAINED);
  }

  timedOut(timer: TimerName): void {
    switch (timer) {
      case "drain":
        return this.#drainFinally();
      case "idle":
        return this.drain();
      case "age":
        if (this.#draining) return this.close(TOO_OLD);
        this.drain();
        return this.session.timers.start("age", this.#options.maxAgeGraceMs);
      default:
    }
  }

  isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#lastStream;
  }

  excuses(streamId: number): boolean {
    return (
      this.session.streams.wasReset(streamId) ||
      (this.#finalStream !== undefined && streamId > this.#finalStream)
    );
  }

  get lastPeerStream(): number {
    return this.#finalStream ?? this.#lastStream;
  }

  localEnd(stream: Stream): void {
    if (stream.remoteClosed) this.session.streams.close(stream);
  }

  streamClosed({ owner }: Stream): void {
    if ((owner as ServerStream).isHandlerFinished) this.placeFree();
  }

  settingsChanged(): void {}

  beforeGoaway(): void {
    this.#greet();
  }

  closed(): void {
    this.#owner.sessionClosed(this);
  }
}

const DRAINED: Status = { code: StatusNumber.UNAVAILABLE, message: "the server is shutting down" };
const TOO_OLD: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection has reached its maximum age",
};

/** What is wrong with the head of a call; undefined when nothing is. */
function faultOf(head: RequestHead, maxHeaderListBytes: number): Status | undefined {
  if (head.fields.tooLarge) {
    const message = `the metadata of the call is larger than ${maxHeaderListBytes} bytes, the limit`;
    return { code: StatusNumber.RESOURCE_EXHAUSTED, message };
  }
  if (head.timeoutMs === undefined) return malformedTimeout(head.timeout);
  if (isKnownEncoding(head.encoding)) return undefined;
  const encoding = JSON.stringify(head.encoding?.slice(0, 50));
  const message = `grpc-encoding ${encoding} is not supported; supported: identity, gzip`;
  return { code: StatusNumber.UNIMPLEMENTED, message };
}

/** Connections of one age would all reconnect at once. */
function jittered(ms: number, random: Random): number {
  return ms * (0.9 + random.next() * 0.2);
}
