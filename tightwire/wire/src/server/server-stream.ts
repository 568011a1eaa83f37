import type { Lender, Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  CALLER_CANCELLED,
  DEADLINE_PASSED,
  type FinalStatus,
  giveBack,
  type IncomingCall,
  type IncomingSink,
  type OpenedCall,
  reportFault,
  SERVER_FAULT,
  type Status,
  StatusNumber,
  tellCancelled,
} from "@tightwire/core/runtime";
import { ConnectionError } from "../frames/connection-error.js";
import { ErrorCode } from "../frames/protocol.js";
import { compressionOf } from "../grpc/compression.js";
import { PREFIX_BYTES } from "../grpc/message-prefix.js";
import { readMetadata } from "../grpc/metadata-fields.js";
import type { RequestHead } from "../grpc/request-head.js";
import type { Session } from "../session/session.js";
import { Stream, type StreamOwner } from "../session/stream.js";
import { CLOSED_MEANWHILE, OK, UNREAD } from "./call-statuses.js";
import type { ResponseWriter } from "./response-writer.js";

/** What a call asks of its connection. */
export interface ServerStreamSession {
  readonly session: Session;
  readonly peer: Peer;
  readonly responses: ResponseWriter;
  /** Decides on calls. */
  readonly acceptor: Acceptor;
  /** The handler of a cancelled call has finished: its place is free. */
  placeFree(call: ServerStream): void;
}

/** A call that a server serves: the acceptor's view of it, and what its stream belongs to. */
export class ServerStream implements IncomingCall, StreamOwner {
  readonly path: string;
  readonly peer: Peer;
  readonly receivedAt: number;
  readonly deadline: number;
  fault: Status | undefined = undefined;
  /** What its head holds; undefined when the connection does not count it. */
  headerBytes: number | undefined = undefined;
  readonly stream: Stream;
  readonly #session: ServerStreamSession;
  readonly #metadataFields: readonly string[] | undefined;
  readonly #acceptsGzip: boolean;
  #metadata: Metadata | undefined = undefined;
  #sink: IncomingSink | undefined = undefined;
  #headSent = false;
  #sendsGzip = false;
  #status: FinalStatus | undefined = undefined;
  #handlerFinished = false;

  constructor(session: ServerStreamSession, id: number, head: RequestHead) {
    this.#session = session;
    const stream = new Stream(session.session, this, id, true);
    stream.contentLeft = head.fields.contentLength;
    stream.reader.compression = compressionOf(head.encoding);
    this.stream = stream;
    this.path = head.path ?? "";
    this.peer = session.peer;
    this.receivedAt = session.session.clock.now();
    this.deadline = this.receivedAt + (head.timeoutMs ?? 0);
    this.#acceptsGzip = head.acceptEncoding?.includes("gzip") === true;
    this.#metadataFields = head.fields.application;
  }

  /** A server holds no response of its peer. */
  get responded(): boolean {
    return false;
  }

  get metadata(): Metadata {
    this.#metadata ??= readMetadata(this.#metadataFields);
    return this.#metadata;
  }

  /** Whether no handler runs for it any more. */
  get isHandlerFinished(): boolean {
    return this.#handlerFinished;
  }

  /** Shows the call to the acceptor. `endStream`: the request ended with its head. */
  begin(endStream: boolean): void {
    const { stream } = this;
    const opened = this.#open();
    if (opened.kind === "refused") {
      if (stream.closed) return this.handlerFinished();
      this.#handlerFinished = true;
      stream.remoteClosed = endStream;
      return this.finish(opened.status);
    }
    this.#sink = opened;
    const gone = stream.closed;
    try {
      opened.start();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
    if (gone) this.failed(CLOSED_MEANWHILE);
    else if (endStream && !stream.closed) stream.reader.endReceived();
  }

  #open(): OpenedCall {
    try {
      return this.#session.acceptor.open(this);
    } catch (thrown) {
      reportFault(this.#session.acceptor, thrown, this.path);
      return { kind: "refused", status: SERVER_FAULT };
    }
  }

  /** The sink threw. That fails this call, and no other on the connection. */
  #failForFault(thrown: unknown): void {
    if (thrown instanceof ConnectionError) throw thrown; // the peer's, found because the sink pulled
    const sink = this.#sink;
    this.#sink = undefined;
    reportFault(this.#session.acceptor, thrown, this.path);
    this.finish(SERVER_FAULT);
    this.#cancel(sink, SERVER_FAULT);
  }

  // ---- what the acceptor's sink calls ----

  pull(count: number): void {
    this.stream.reader.pull(count);
  }

  hold(bytes: number): void {
    this.stream.reader.holdDecoded(bytes);
  }

  headers(metadata: Metadata, compress = false): void {
    if (this.#status === undefined && !this.stream.closed) this.#sendHead(metadata, compress);
  }

  write(bytes: Uint8Array, compress: boolean, lender?: Lender): boolean {
    if (this.#status !== undefined || this.stream.closed) return true;
    if (this.#isTooMuchUnread(bytes.length)) {
      giveBack(lender, bytes);
      this.refuse(UNREAD);
      return false;
    }
    const compressed = this.#sendHead(undefined, compress);
    return this.stream.writer.send(bytes, compressed, lender);
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
    lender?: Lender,
  ): void {
    if (this.#status !== undefined || this.stream.closed) return;
    if (this.#isTooMuchUnread(message.length)) {
      giveBack(lender, message);
      return this.finish(UNREAD);
    }
    const compressed = this.#sendHead(headers, compress);
    this.#status = trailers === undefined ? OK : { ...OK, trailers };
    this.stream.writer.sendOnly(message, compressed, lender);
    this.stream.writer.end();
  }

  finish(status: FinalStatus): void {
    if (this.#status !== undefined || this.stream.closed) return;
    this.#status = status;
    this.stream.writer.end();
  }

  handlerFinished(): void {
    if (this.#handlerFinished) return;
    this.#handlerFinished = true;
    if (this.stream.closed) this.#session.placeFree(this);
  }

  #isTooMuchUnread(bytes: number): boolean {
    const { account, sender } = this.#session.session;
    if (account.takesUnread(bytes)) return false;
    return !sender.mayWrite(this.stream, PREFIX_BYTES + bytes) && !account.makeRoomUnread(bytes);
  }

  // ---- what the stream tells ----

  message(bytes: Uint8Array, compressed: boolean): void {
    try {
      this.#sink?.message(bytes, compressed);
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }

  awaits(ended: boolean): boolean {
    return this.#sink?.awaits?.(ended) ?? true;
  }

  allReceived(): void {
    try {
      this.#sink?.halfClosed();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }

  dataBeforeHead(): void {}

  drained(): void {
    try {
      this.#sink?.drained();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }

  refuse(status: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.finish({ ...status, trailers: undefined });
    this.#cancel(sink, status);
  }

  reset(_code: number): void {
    this.failed(CALLER_CANCELLED);
  }

  failed(status: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    // The caller's own clock is the likeliest reason.
    const late =
      status.code === StatusNumber.CANCELLED &&
      this.#session.session.clock.now() >= this.deadline - 1;
    this.#cancel(sink, late ? DEADLINE_PASSED : status);
  }

  #cancel(sink: IncomingSink | undefined, status: Status): void {
    // Of a sink that threw nobody else would say so, and its place would stay taken.
    if (!tellCancelled(this.#session.acceptor, sink, status, this.path)) this.handlerFinished();
  }

  writeEnd(): void {
    this.#session.responses.writeEnd(this.stream.id, !this.#headSent, this.#status ?? OK);
    this.#headSent = true;
    this.#session.session.localEnd(this.stream);
    // The response came before the end of the request: the rest of it is not read (RFC 9113,
    // section 8.1).
    if (!this.stream.closed) this.#session.session.streams.reset(this.stream, ErrorCode.NO_ERROR);
  }

  /** Sends the head once; returns whether a message may be compressed. */
  #sendHead(metadata: Metadata | undefined, compress: boolean): boolean {
    if (this.#headSent) return compress && this.#sendsGzip;
    this.#headSent = true;
    this.#sendsGzip = compress && this.#acceptsGzip;
    this.#session.responses.writeHead(this.stream.id, metadata, this.#sendsGzip);
    return this.#sendsGzip;
  }
}
