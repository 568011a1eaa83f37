import {
  type ConnectionState,
  createReport,
  type OutgoingCall,
  type Report,
  type ResponseSink,
  type Status,
  type UnarySink,
} from "@tightwire/core/runtime";
import { ConnectionError, onClosed, onIdle } from "../frames/connection-error.js";
import { writeGoaway } from "../frames/frame-writer.js";
import { ErrorCode, MAX_31_BITS, PREFACE } from "../frames/protocol.js";
import { SettingId } from "../frames/settings.js";
import { ResponseHead } from "../grpc/response-head.js";
import { HpackDecoder } from "../hpack/decoder.js";
import type { ByteTransport } from "../session/byte-transport.js";
import type { TimerName } from "../session/connection-timers.js";
import { Session } from "../session/session.js";
import type { SessionSide } from "../session/session-side.js";
import { ClientStream } from "./client-stream.js";
import { CLOSED, ConnectionStatus, GOING_AWAY, USED_UP } from "./connection-status.js";
import { RequestWriter } from "./request-writer.js";
import type { ResponseReader } from "./response-reader.js";
import type { ClientSessionOptions, ClientSessionOwner } from "./session-options.js";
import { StreamOpener } from "./stream-opener.js";
import { StreamingResponse } from "./streaming-response.js";
import { Suspicion } from "./suspicion.js";
import { UnaryResponse } from "./unary-response.js";

/**
 * A client's side of a connection. It opens streams for calls as the server allows, keeps the other
 * calls waiting, and knows which calls a server that goes away never looked at.
 */
export class ClientSession implements SessionSide {
  readonly kind = "client";
  readonly lastPeerStream = 0;
  readonly session: Session;
  readonly report: Report;
  /** Whether the server has responded to any call, and not only that it is unavailable. */
  gotResponse = false;
  readonly #owner: ClientSessionOwner;
  readonly #decoder: HpackDecoder = new HpackDecoder();
  readonly #head: ResponseHead;
  readonly #opener: StreamOpener;
  readonly #suspicion: Suspicion;
  #goawayLast = MAX_31_BITS;
  readonly #status: ConnectionStatus;

  constructor(transport: ByteTransport, options: ClientSessionOptions, owner: ClientSessionOwner) {
    this.#owner = owner;
    this.report = options.report ?? createReport(undefined);
    this.#status = new ConnectionStatus((state, why) => owner.state(state, why));
    this.#head = new ResponseHead(options.limits);
    // A server can reset no more than the calls that were made: to close the connection for that
    // would only fail the other calls.
    const session = new Session(transport, options, this, Number.POSITIVE_INFINITY);
    this.session = session;
    const requests = new RequestWriter(session, options.scheme, options.authority);
    const { firstStreamId, pingTimeoutMs } = options;
    this.#suspicion = new Suspicion(session, pingTimeoutMs);
    this.#opener = new StreamOpener(session, requests, this.#suspicion, firstStreamId, () =>
      this.#status.set("draining", USED_UP),
    );
    session.output.reserve(PREFACE.length);
    session.output.at += PREFACE.copy(session.output.buffer, session.output.at);
    session.begin([
      [SettingId.ENABLE_PUSH, 0],
      [SettingId.INITIAL_WINDOW_SIZE, session.streamWindowBytes],
      [SettingId.MAX_HEADER_LIST_SIZE, options.limits.maxHeaderListBytes],
    ]);
  }

  /** How many calls can start without waiting. */
  get capacity(): number {
    if (this.#status.state !== "ready") return 0;
    return Math.max(0, this.session.peer.maxConcurrentStreams - this.#inFlight);
  }

  get state(): ConnectionState {
    return this.#status.state;
  }

  receive(bytes: Buffer): void {
    this.#suspicion.heard();
    this.session.receive(bytes);
  }

  transportClosed(message: string): void {
    this.session.transportClosed(message);
  }

  unary(call: OutgoingCall, message: Uint8Array, sink: UnarySink): ClientStream {
    const stream = this.#start(call, new UnaryResponse(sink));
    stream.pull(2); // a second message is a fault that must be seen
    stream.sendOnly(message);
    return stream;
  }

  stream(call: OutgoingCall, sink: ResponseSink): ClientStream {
    return this.#start(call, new StreamingResponse(sink));
  }

  /** The caller cancelled a call. */
  cancelled(one: ClientStream): void {
    if (one.stream.id !== 0) return this.session.streams.reset(one.stream, ErrorCode.CANCEL);
    this.#opener.remove(one);
    one.stream.release();
    this.#rest();
  }

  /** The response of a call is complete. The rest of its request, if any, is of no use. */
  responded({ stream }: ClientStream): void {
    const { streams } = this.session;
    if (stream.localClosed) streams.close(stream);
    else streams.reset(stream, ErrorCode.CANCEL);
  }

  /** Takes no new calls; those in flight have `graceMs` to finish, else they do with `status`. */
  async close(graceMs: number, status: Status = CLOSED): Promise<void> {
    const { session } = this;
    this.#status.set("draining", status);
    if (this.#inFlight > 0 && graceMs > 0 && !session.closed)
      await this.#status.waitUntilIdle(session.clock, graceMs);
    if (session.closed) return;
    for (const one of this.#opener.takeWaiting()) one.cancel(status);
    for (const { owner } of session.streams.all()) (owner as ClientStream).cancel(status);
    writeGoaway(session.output, 0, ErrorCode.NO_ERROR, "");
    session.finish(status);
  }

  get #inFlight(): number {
    return this.session.streams.size + this.#opener.waiting;
  }

  #start(call: OutgoingCall, response: ResponseReader): ClientStream {
    const { session } = this;
    const one = new ClientStream(this, call, response);
    if (session.closed || this.#status.state !== "ready") {
      // Never before the caller has its handle.
      queueMicrotask(() => {
        one.stream.release();
        one.failed(GOING_AWAY, "not-processed");
      });
      return one;
    }
    if (this.#inFlight === 0) this.#owner.busy(true);
    this.#opener.open(one);
    return one;
  }

  /** Gives free places to calls that wait; those for which no ids are left go elsewhere. */
  #openWaiting(): void {
    for (const one of this.#opener.openWaiting()) one.unprocessed(USED_UP.message);
  }

  /** A call has finished: gives its place to another, and notices when it was the last. */
  #rest(): void {
    const { session } = this;
    if (session.closed) return;
    if (this.#opener.waiting > 0) this.#openWaiting();
    if (this.#inFlight > 0 || session.closed) return; // opening a call may have closed it
    this.#owner.busy(false);
    this.#status.idle();
    if (this.#status.closesWhenIdle) this.#leave();
  }

  /** A server that goes away has responded to every call: so does this side. */
  #leave(): void {
    writeGoaway(this.session.output, 0, ErrorCode.NO_ERROR, "");
    this.session.finish(GOING_AWAY);
  }

  // ---- what the session tells ----

  headerBlock(
    streamId: number,
    endStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const head = this.#head;
    head.clear();
    this.#decoder.decode(bytes, start, end, head.fields);
    const { streams } = this.session;
    const stream = streams.get(streamId);
    if (stream === undefined) {
      if (this.isIdle(streamId)) throw onIdle("HEADERS", streamId);
      if (this.excuses(streamId)) return;
      throw onClosed("HEADERS", streamId);
    }
    if (stream.remoteClosed) return this.session.streamFault(stream, ErrorCode.STREAM_CLOSED);
    (stream.owner as ClientStream).head(head, endStream);
  }

  goaway(lastStreamId: number, code: number, debug: string): void {
    const { session } = this;
    if (lastStreamId > this.#goawayLast)
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a GOAWAY whose last stream rose");
    this.#goawayLast = lastStreamId;
    if (code === ErrorCode.ENHANCE_YOUR_CALM && debug.includes("too_many_pings"))
      this.#owner.tooManyPings();
    this.#status.set("draining", GOING_AWAY);
    const open = session.streams.all();
    for (const one of this.#opener.takeWaiting()) one.unprocessed(GOING_AWAY.message);
    for (const stream of open) {
      if (stream.id <= lastStreamId) continue;
      session.streams.close(stream);
      (stream.owner as ClientStream).unprocessed(GOING_AWAY.message);
    }
    if (this.#inFlight === 0 && !session.closed) this.#leave();
  }

  settingsChanged(first: boolean): void {
    if (first) this.#owner.ready();
    if (this.#opener.waiting > 0) this.#openWaiting();
  }

  isIdle(streamId: number): boolean {
    return this.#opener.isIdle(streamId);
  }

  /** A stream that the server never looked at may still have had something on its way. */
  excuses(streamId: number): boolean {
    return this.session.streams.wasReset(streamId) || streamId > this.#goawayLast;
  }

  /** The response may be whole and not read yet: the stream closes once its end was told. */
  localEnd(): void {}

  streamClosed(): void {
    this.#rest();
  }

  pingAcknowledged(): void {
    this.#suspicion.acknowledged();
  }

  timedOut(timer: TimerName): void {
    this.#suspicion.timedOut(timer);
  }

  /** A client's user sees it by the calls that fail. */
  limitActed(): void {}

  beforeGoaway(): void {}

  closed(status: Status): void {
    this.#status.set("closed", status);
    for (const one of this.#opener.takeWaiting()) {
      one.stream.release();
      one.failed(status, "not-processed");
    }
    this.#owner.busy(false);
    this.#status.idle();
  }
}
