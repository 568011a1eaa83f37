import {
  type ConnectionState,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  timerMs,
  type UnarySink,
} from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { writeFrameHeader, writeGoaway } from "../frames/frame-writer.js";
import {
  ErrorCode,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_31_BITS,
  PREFACE,
} from "../frames/protocol.js";
import { SettingId } from "../frames/settings.js";
import { ResponseHead } from "../grpc/response-head.js";
import type { ByteTransport } from "../session/byte-transport.js";
import { Session, type SessionOptions } from "../session/session.js";
import type { Stream } from "../session/stream.js";
import type { ClientStream } from "./client-stream.js";
import { RequestWriter } from "./request-writer.js";
import { ResponseStream } from "./response-stream.js";
import { UnaryStream } from "./unary-stream.js";

/** How a client keeps a connection. */
export interface ClientSessionOptions extends SessionOptions {
  readonly scheme: "http" | "https";
  /** What calls name as their host. */
  readonly authority: string;
  /** The first stream's id; another than 1 is for tests of the last ones. */
  readonly firstStreamId: number;
}

/** What a connection tells. */
export interface ClientSessionOwner {
  /** The server's SETTINGS are there: it speaks HTTP/2. */
  ready(): void;
  /** It takes no new calls, or is over. */
  state(state: ConnectionState, why: Status): void;
  /** Whether any call is in flight; the process may end when none is. */
  busy(busy: boolean): void;
  /** The server finds our PINGs too many. */
  tooManyPings(): void;
}

const CLOSED: Status = { code: StatusNumber.UNAVAILABLE, message: "the connection was closed" };
const USED_UP: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection has no stream ids left",
};
const GOING_AWAY: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the server is shutting down",
};

/**
 * A client's side of a connection: opens streams for calls as the server allows, keeps the others
 * waiting, and knows which calls a server that goes away never looked at.
 */
export class ClientSession extends Session {
  declare readonly options: ClientSessionOptions;
  protected override readonly lossCode: number = StatusNumber.UNAVAILABLE;
  protected override readonly peerIsServer = true;
  protected override readonly lastPeerStream: number = 0;
  readonly #owner: ClientSessionOwner;
  readonly #head: ResponseHead;
  readonly #requests: RequestWriter;
  /** Calls that wait for a place, in order. */
  readonly #waiting = new Set<ClientStream>();
  #nextId: number;
  #goawayLast = MAX_31_BITS;
  #state: ConnectionState = "ready";
  #whenIdle: (() => void) | undefined = undefined;

  constructor(carrier: ByteTransport, options: ClientSessionOptions, owner: ClientSessionOwner) {
    // A server can reset no more than the calls that were made: to end the connection for it would
    // only lose the others.
    super(carrier, options, Number.POSITIVE_INFINITY);
    this.#owner = owner;
    this.#nextId = options.firstStreamId;
    this.#head = new ResponseHead(options.limits);
    this.#requests = new RequestWriter(this, options.scheme, options.authority);
    this.output.reserve(PREFACE.length);
    this.output.at += PREFACE.copy(this.output.buffer, this.output.at);
    this.begin([
      [SettingId.ENABLE_PUSH, 0],
      [SettingId.INITIAL_WINDOW_SIZE, this.streamWindowBytes],
      [SettingId.MAX_HEADER_LIST_SIZE, options.limits.maxHeaderListBytes],
    ]);
  }

  /** Calls that would not have to wait. */
  get capacity(): number {
    if (this.#state !== "ready") return 0;
    return Math.max(0, this.peer.maxConcurrentStreams - this.streams.size - this.#waiting.size);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  // ---- calls ----

  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): UnaryStream {
    const stream = new UnaryStream(this, call, sink);
    this.#start(stream);
    stream.request(message);
    return stream;
  }

  stream(call: OutgoingCall, sink: ResponseSink): ResponseStream {
    const stream = new ResponseStream(this, call, sink);
    this.#start(stream);
    return stream;
  }

  /** The caller gave a call up. */
  abandon(stream: ClientStream): void {
    if (stream.id !== 0) return this.resetStream(stream, ErrorCode.CANCEL);
    this.#waiting.delete(stream);
    stream.release();
    this.#rest();
  }

  /** A call's answer is complete. If its request is not, the rest of it is of no use. */
  responded(stream: ClientStream): void {
    if (stream.localEnded) this.closeStream(stream);
    else this.resetStream(stream, ErrorCode.CANCEL);
  }

  /** The answer may be whole and not read yet: its call is over once its end was told. */
  override localEnd(stream: Stream): void {
    stream.localEnded = true;
    this.output.callWritten();
  }

  /** Ends a stream that sent its last message before. */
  writeEndOfStream(stream: ClientStream): void {
    if (stream.id === 0) return; // its turn will come
    this.output.reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(this.output, 0, FrameType.DATA, Flag.END_STREAM, stream.id);
    this.localEnd(stream);
  }

  /** No new calls; those in flight have so long to end. */
  async close(graceMs: number): Promise<void> {
    this.#tell("draining", CLOSED);
    if (this.#inFlight > 0 && graceMs > 0 && !this.over) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.setTimer(resolve, timerMs(graceMs));
        this.#whenIdle = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    if (this.over) return;
    for (const stream of this.streams.all()) (stream as ClientStream).cancel(CLOSED);
    for (const stream of [...this.#waiting]) stream.cancel(CLOSED);
    writeGoaway(this.output, 0, ErrorCode.NO_ERROR, "");
    this.finish(CLOSED);
  }

  get #inFlight(): number {
    return this.streams.size + this.#waiting.size;
  }

  #start(stream: ClientStream): void {
    if (this.over || this.#state !== "ready") {
      // Never before the caller has its handle.
      queueMicrotask(() => {
        stream.release();
        stream.lost(GOING_AWAY, "not-processed");
      });
      return;
    }
    if (this.#inFlight === 0) this.#owner.busy(true);
    if (this.streams.size < this.peer.maxConcurrentStreams && this.#waiting.size === 0)
      this.#open(stream);
    else this.#waiting.add(stream);
  }

  #open(stream: ClientStream): void {
    stream.id = this.#nextId;
    stream.sendWindow = this.initialSendWindow;
    stream.headAt = this.output.position;
    this.streams.add(stream);
    this.#requests.write(stream.id, stream.call);
    this.#nextId += 2;
    // Ids are used up after a few hours at full speed: the channel makes a new connection.
    if (this.#nextId > MAX_31_BITS) this.#tell("draining", USED_UP);
  }

  /** Gives places that are free to calls that wait. */
  #openWaiting(): void {
    for (const stream of this.#waiting) {
      if (this.#nextId > MAX_31_BITS) return this.#sendElsewhere();
      if (this.streams.size >= this.peer.maxConcurrentStreams) return;
      this.#waiting.delete(stream);
      this.#open(stream);
      if (stream.outbox !== undefined) this.queue(stream);
      else if (stream.ending) this.writeEndOfStream(stream);
    }
  }

  /** There are no ids left for the calls that wait. */
  #sendElsewhere(): void {
    for (const stream of [...this.#waiting]) {
      this.#waiting.delete(stream);
      stream.release();
      stream.unprocessed(USED_UP.message);
    }
  }

  #tell(state: ConnectionState, why: Status): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#owner.state(state, why);
  }

  /** A call has left: is it the last? */
  #rest(): void {
    if (this.over) return;
    if (this.#waiting.size > 0) this.#openWaiting();
    if (this.#inFlight > 0 || this.over) return; // what was opened may have ended it
    this.#owner.busy(false);
    this.#whenIdle?.();
    if (this.#state === "draining" && this.#whenIdle === undefined) this.#leave();
  }

  /** A server that goes away has answered all: so do we. */
  #leave(): void {
    writeGoaway(this.output, 0, ErrorCode.NO_ERROR, "");
    this.finish(GOING_AWAY);
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
    const stream = this.streams.get(streamId) as ClientStream | undefined;
    if (stream === undefined) {
      if (this.isIdle(streamId))
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `HEADERS on idle stream ${streamId}`);
      if (this.excuses(streamId)) return;
      throw new ConnectionError(ErrorCode.STREAM_CLOSED, `HEADERS on closed stream ${streamId}`);
    }
    if (stream.remoteEnded) return this.streamFault(streamId, ErrorCode.STREAM_CLOSED);
    stream.head(head, endStream);
  }

  override goaway(lastStreamId: number, code: number, debug: string): void {
    if (lastStreamId > this.#goawayLast)
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a GOAWAY whose last stream rose");
    this.#goawayLast = lastStreamId;
    if (code === ErrorCode.ENHANCE_YOUR_CALM && debug.includes("too_many_pings"))
      this.#owner.tooManyPings();
    this.#tell("draining", GOING_AWAY);
    for (const stream of [...this.#waiting, ...(this.streams.all() as ClientStream[])]) {
      if (stream.id !== 0 && stream.id <= lastStreamId) continue;
      if (stream.id === 0) {
        this.#waiting.delete(stream);
        stream.release();
      } else this.closeStream(stream);
      stream.unprocessed(GOING_AWAY.message);
    }
    if (this.#inFlight === 0 && !this.over) this.#leave();
  }

  protected override settingsChanged(first: boolean): void {
    if (first) this.#owner.ready();
    if (this.#waiting.size > 0) this.#openWaiting();
  }

  protected override isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId >= this.#nextId;
  }

  /** A stream that the server never looked at may still have had something on its way. */
  protected override excuses(streamId: number): boolean {
    return super.excuses(streamId) || streamId > this.#goawayLast;
  }

  protected override streamClosed(_stream: Stream): void {
    this.#rest();
  }

  protected override ended(cause: Status): void {
    for (const stream of this.#waiting) {
      stream.lost(cause, "not-processed");
      stream.release();
    }
    this.#waiting.clear();
    this.#owner.busy(false);
    this.#whenIdle?.();
    this.#tell("closed", cause);
  }
}
