import type { Peer } from "@tightwire/core";
import {
  type Acceptor,
  malformedTimeout,
  type Random,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { writeGoaway, writePing, writeReset } from "../frames/frame-writer.js";
import { ErrorCode, MAX_31_BITS } from "../frames/protocol.js";
import { SettingId } from "../frames/settings.js";
import { isKnownEncoding } from "../grpc/compression.js";
import { RequestHead } from "../grpc/request-head.js";
import { isGrpc } from "../grpc/response-head.js";
import { RepeatedFields } from "../hpack/repeated-fields.js";
import type { ByteTransport } from "../session/byte-transport.js";
import type { Wait } from "../session/connection-timers.js";
import { Session, type SessionOptions } from "../session/session.js";
import type { Stream } from "../session/stream.js";
import { refusePreface } from "./preface.js";
import { ServerStream } from "./server-stream.js";

/** How a server keeps a connection. */
export interface ServerSessionOptions extends SessionOptions {
  /** No calls for so long: the connection is drained. `Infinity` for never. */
  readonly maxIdleMs: number;
  /** So old: the connection is drained. `Infinity` for never. */
  readonly maxAgeMs: number;
  /** How long calls of a connection that is too old may go on. */
  readonly maxAgeGraceMs: number;
}

/** What a connection asks of its server. */
export interface ServerSessionOwner {
  readonly acceptor: Acceptor;
  /** It is over. */
  sessionEnded(session: ServerSession): void;
}

/** How long the client may take to hear that it is to open no more streams. */
const DRAIN_ROUND_TRIP_MS = 1_000;
const DRAIN_PING: Buffer = Buffer.from("draining");

/**
 * A server's side of a connection: opens calls, refuses what it must, and goes away in two steps.
 * Source: RFC 9113, sections 5.1.1, 6.8 and 8.1.
 */
export class ServerSession extends Session {
  declare readonly options: ServerSessionOptions;
  readonly peerOfConnection: Peer;
  /** What every answer begins with. */
  readonly responseHead: RepeatedFields = new RepeatedFields([
    [":status", "200"],
    ["content-type", "application/grpc"],
  ]);
  /** What a good one ends with. */
  readonly okStatus: RepeatedFields = new RepeatedFields([["grpc-status", "0"]]);
  protected override readonly lossCode: number = StatusNumber.CANCELLED;
  protected override readonly peerIsServer = false;
  readonly #owner: ServerSessionOwner;
  readonly #head: RequestHead;
  #preface: Buffer | undefined = Buffer.alloc(0);
  #lastStream = 0;
  /** Calls whose place is taken: those on the wire, and cancelled ones whose handler still runs. */
  #active = 0;
  /** The last stream that is answered, once that was said. */
  #finalStream: number | undefined = undefined;
  #draining = false;
  #greeted = false;

  constructor(
    carrier: ByteTransport,
    options: ServerSessionOptions,
    peer: Peer,
    owner: ServerSessionOwner,
  ) {
    super(carrier, options, options.limits.maxResetsPerSecond);
    this.peerOfConnection = peer;
    this.#owner = owner;
    this.#head = new RequestHead(options.limits);
    this.timers.start("age", jittered(options.maxAgeMs, options.random));
    this.timers.start("idle", options.maxIdleMs);
  }

  /** Calls that take a place. */
  get active(): number {
    return this.#active;
  }

  override receive(bytes: Buffer): void {
    if (this.over) return;
    if (this.#preface === undefined) return super.receive(bytes);
    const begun = this.#preface.length === 0 ? bytes : Buffer.concat([this.#preface, bytes]);
    const rest = refusePreface(begun);
    if (rest === "not yet") this.#preface = Buffer.from(begun);
    else if (typeof rest === "number") {
      this.#preface = undefined;
      this.#greet();
      if (rest < begun.length) super.receive(begun.subarray(rest));
    } else {
      this.carrier.write(rest);
      this.finish({ code: StatusNumber.CANCELLED, message: "the client does not speak HTTP/2" });
    }
  }

  /**
   * Sends the SETTINGS that come before any other frame: no sooner than a client has shown that it
   * speaks HTTP/2, since one that does not could not read its refusal behind them.
   */
  #greet(): void {
    if (this.#greeted || this.over) return;
    this.#greeted = true;
    this.begin([
      [SettingId.MAX_CONCURRENT_STREAMS, this.limits.maxConcurrentStreams],
      [SettingId.INITIAL_WINDOW_SIZE, this.streamWindowBytes],
      [SettingId.MAX_HEADER_LIST_SIZE, this.limits.maxHeaderListBytes],
    ]);
  }

  /** Takes no new calls, in two steps so that none is lost, and ends when those in flight have. */
  drain(): void {
    if (this.#draining || this.over) return;
    this.#draining = true;
    this.#greet();
    writeGoaway(this.output, MAX_31_BITS, ErrorCode.NO_ERROR, "");
    writePing(this.output, DRAIN_PING, 0, false);
    this.timers.start("drain", DRAIN_ROUND_TRIP_MS);
  }

  /**
   * Ends all calls with the connection. A reset would tell callers that it was they who cancelled.
   */
  close(cause: Status): void {
    if (this.over) return;
    this.#greet();
    this.#draining = true; // whoever hears of it may ask for that
    if (this.#finalStream === undefined)
      writeGoaway(this.output, this.#lastStream, ErrorCode.NO_ERROR, cause.message);
    this.finish(cause);
  }

  override fail(code: number, text: string, detail?: string): void {
    this.#greet();
    super.fail(code, text, detail);
  }

  /** A cancelled call's handler has ended. */
  slotFree(): void {
    this.#active--;
    if (this.#active > 0 || this.over) return;
    this.timers.start("idle", this.options.maxIdleMs);
    if (this.#finalStream !== undefined) this.finish(DRAINED);
  }

  // ---- what the session tells ----

  protected override headerBlock(
    streamId: number,
    endStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const head = this.#head;
    head.clear();
    this.decoder.decode(bytes, start, end, head);
    const stream = this.streams.get(streamId) as ServerStream | undefined;
    if (stream !== undefined) return this.#trailers(stream, endStream, head);
    if ((streamId & 1) === 0)
      throw new ConnectionError(
        ErrorCode.PROTOCOL_ERROR,
        `HEADERS on stream ${streamId}, which is no client's`,
      );
    if (streamId <= this.#lastStream) {
      if (this.excuses(streamId)) return;
      throw new ConnectionError(ErrorCode.STREAM_CLOSED, `HEADERS on closed stream ${streamId}`);
    }
    this.#lastStream = streamId;
    if (this.#finalStream !== undefined) return; // It was said that no more are answered.
    const promisesMore = endStream && (head.contentLength ?? 0) > 0;
    if ((head.headFault !== undefined || promisesMore) && !head.tooLarge) {
      if (!this.resets.take())
        throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "malformed requests");
      return this.#refuseStream(streamId, endStream, ErrorCode.PROTOCOL_ERROR);
    }
    if (this.#active >= this.limits.maxConcurrentStreams)
      return this.#refuseStream(streamId, endStream, ErrorCode.REFUSED_STREAM);
    this.#open(streamId, endStream, head);
  }

  #open(streamId: number, endStream: boolean, head: RequestHead): void {
    if (!head.tooLarge) {
      if (head.method !== "POST") return this.#respondHttp(streamId, endStream, "405");
      if (!isGrpc(head.contentType)) return this.#respondHttp(streamId, endStream, "415");
    }
    if (this.#active++ === 0) this.timers.stop("idle");
    const stream = new ServerStream(this, streamId, head);
    this.streams.add(stream);
    stream.fault = faultOf(head, this.limits.maxHeaderListBytes);
    stream.begin(this.#owner.acceptor.open(stream), endStream);
  }

  #trailers(stream: ServerStream, endStream: boolean, head: RequestHead): void {
    if (stream.remoteEnded) return this.streamFault(stream.id, ErrorCode.STREAM_CLOSED);
    if (
      !endStream ||
      head.hasPseudoFields ||
      head.fault !== undefined ||
      !stream.countContent(0, true)
    ) {
      return this.streamFault(stream.id, ErrorCode.PROTOCOL_ERROR);
    }
    stream.trailersReceived();
  }

  #refuseStream(streamId: number, endStream: boolean, code: number): void {
    writeReset(this.output, streamId, code);
    if (!endStream) this.resetStreams.add(streamId);
  }

  /** What is no gRPC gets an answer of HTTP. */
  #respondHttp(streamId: number, endStream: boolean, httpStatus: string): void {
    const encoder = this.beginBlock(64);
    encoder.repeated(":status", httpStatus);
    if (httpStatus === "405") encoder.literal("allow", "POST");
    this.endBlock(streamId, true);
    if (!endStream) this.#refuseStream(streamId, endStream, ErrorCode.NO_ERROR);
  }

  override goaway(): void {
    // The client opens no more streams; those that are open go on.
    this.drain();
  }

  protected override pinged(): void {
    if (this.timers.has("drain")) this.#drainFinally();
  }

  #drainFinally(): void {
    this.timers.stop("drain");
    this.#finalStream = this.#lastStream;
    writeGoaway(this.output, this.#lastStream, ErrorCode.NO_ERROR, "");
    if (this.#active === 0) this.finish(DRAINED);
  }

  protected override expired(wait: Wait): void {
    switch (wait) {
      case "drain":
        return this.#drainFinally();
      case "idle":
        return this.drain();
      case "age":
        if (this.#draining)
          return this.close({
            code: StatusNumber.UNAVAILABLE,
            message: "the connection has reached its age",
          });
        this.drain();
        return this.timers.start("age", this.options.maxAgeGraceMs);
      default:
        super.expired(wait);
    }
  }

  protected override isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#lastStream;
  }

  protected override excuses(streamId: number): boolean {
    return (
      super.excuses(streamId) || (this.#finalStream !== undefined && streamId > this.#finalStream)
    );
  }

  protected override get lastPeerStream(): number {
    return this.#finalStream ?? this.#lastStream;
  }

  protected override streamClosed(stream: Stream): void {
    if ((stream as ServerStream).isSettled) this.slotFree();
  }

  protected override settingsChanged(): void {}

  protected override ended(): void {
    this.#owner.sessionEnded(this);
  }
}

const DRAINED: Status = { code: StatusNumber.UNAVAILABLE, message: "the server is shutting down" };

/** What is wrong with the head of a call; undefined when nothing is. */
function faultOf(head: RequestHead, maxHeaderListBytes: number): Status | undefined {
  if (head.tooLarge) {
    return {
      code: StatusNumber.RESOURCE_EXHAUSTED,
      message: `the metadata of the call is larger than the ${maxHeaderListBytes} bytes that are taken`,
    };
  }
  if (head.timeoutMs === undefined) return malformedTimeout(head.timeout);
  if (isKnownEncoding(head.encoding)) return undefined;
  const encoding = JSON.stringify(head.encoding?.slice(0, 50));
  return {
    code: StatusNumber.UNIMPLEMENTED,
    message: `messages compressed as ${encoding} are not understood`,
  };
}

/** Connections of one age would all be made anew at once. */
function jittered(ms: number, random: Random): number {
  return ms * (0.9 + random.next() * 0.2);
}
