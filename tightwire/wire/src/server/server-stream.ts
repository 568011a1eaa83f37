import type { Metadata, Peer } from "@tightwire/core";
import {
  deadlineAfter,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type OpenedCall,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { ErrorCode } from "../frames/protocol.js";
import { readMetadata } from "../grpc/metadata-fields.js";
import type { RequestHead } from "../grpc/request-head.js";
import type { Session } from "../session/session.js";
import { Stream, type StreamOwner } from "../session/stream.js";
import type { ResponseWriter } from "./response-writer.js";

/** What a call asks of its connection. */
export interface ServerStreamSession {
  readonly session: Session;
  readonly peer: Peer;
  readonly responses: ResponseWriter;
  /** The handler of a cancelled call has finished: its place is free. */
  placeFree(): void;
}

/** A call that a server serves: the acceptor's view of it, and what its stream belongs to. */
export class ServerStream implements IncomingCall, StreamOwner {
  readonly path: string;
  readonly peer: Peer;
  readonly deadline: number;
  fault: Status | undefined = undefined;
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
    stream.reader.compressedAllowed = head.encoding === "gzip";
    this.stream = stream;
    this.path = head.path ?? "";
    this.peer = session.peer;
    this.deadline =
      head.timeoutMs === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : deadlineAfter(head.timeoutMs ?? 0, session.session.clock);
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

  /** Does what the acceptor decided. `endStream`: the request ended with its head. */
  begin(opened: OpenedCall, endStream: boolean): void {
    const { stream } = this;
    if (opened.kind === "refused") {
      if (stream.closed) return this.handlerFinished();
      this.#handlerFinished = true;
      stream.remoteClosed = endStream;
      return this.finish(opened.status);
    }
    this.#sink = opened;
    const gone = stream.closed;
    opened.start();
    if (gone) this.failed(CLOSED_MEANWHILE);
    else if (endStream && !stream.closed) stream.reader.endReceived();
  }

  // ---- what the acceptor's sink calls ----

  pull(count: number): void {
    this.stream.reader.pull(count);
  }

  headers(metadata: Metadata, compress = false): void {
    if (this.#status === undefined && !this.stream.closed) this.#sendHead(metadata, compress);
  }

  write(bytes: Uint8Array, compress: boolean): boolean {
    if (this.#status !== undefined || this.stream.closed) return true;
    const compressed = this.#sendHead(undefined, compress);
    return this.stream.writer.send(bytes, compressed);
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (this.#status !== undefined || this.stream.closed) return;
    const { limits, sender } = this.#session.session;
    if (sender.waitingBytes + message.length > limits.maxUnreadBytes) return this.finish(UNREAD);
    const compressed = this.#sendHead(headers, compress);
    this.#status = trailers === undefined ? OK : { ...OK, trailers };
    this.stream.writer.sendOnly(message, compressed);
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
    if (this.stream.closed) this.#session.placeFree();
  }

  // ---- what the stream tells ----

  message(bytes: Uint8Array, compressed: boolean): void {
    this.#sink?.message(bytes, compressed);
  }

  allReceived(): void {
    this.#sink?.halfClosed();
  }

  dataBeforeHead(): void {}

  drained(): void {
    this.#sink?.drained();
  }

  refuse(status: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.finish({ ...status, trailers: undefined });
    sink?.cancelled(status);
  }

  reset(_code: number): void {
    this.failed(CANCELLED);
  }

  failed(status: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    // The caller's own clock is the likeliest reason.
    const late =
      status.code === StatusNumber.CANCELLED &&
      this.#session.session.clock.now() >= this.deadline - 1;
    sink?.cancelled(late ? LATE : status);
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

/** The acceptor may have closed the connection while it opened the call. */
const CLOSED_MEANWHILE: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection was closed while the call was opened",
};
const CANCELLED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller cancelled the call or disconnected",
};
const LATE: Status = {
  code: StatusNumber.DEADLINE_EXCEEDED,
  message: "the deadline of the call passed",
};
const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };
const UNREAD: FinalStatus = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "too many responses wait for this connection to read them",
  trailers: undefined,
};
