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
import { ACCEPTED_ENCODINGS } from "../grpc/compression.js";
import { encodeGrpcMessage } from "../grpc/grpc-message.js";
import { metadataOf } from "../grpc/header-list.js";
import { mostMetadataBytes, writeMetadata } from "../grpc/metadata-fields.js";
import type { RequestHead } from "../grpc/request-head.js";
import { mostFieldBytes } from "../hpack/encoder.js";
import { Stream } from "../session/stream.js";
import type { ServerSession } from "./server-session.js";

/** Room for the fields of an answer that do not depend on the call. */
const MOST_HEAD_BYTES = 160;

/** A call that a server answers: the acceptor's view of its stream. */
export class ServerStream extends Stream implements IncomingCall {
  readonly path: string;
  readonly peer: Peer;
  readonly deadline: number;
  fault: Status | undefined = undefined;
  protected override readonly session: ServerSession;
  protected override readonly endsWithData = false;
  readonly #metadataFields: readonly string[] | undefined;
  readonly #acceptsGzip: boolean;
  #metadata: Metadata | undefined = undefined;
  #sink: IncomingSink | undefined = undefined;
  #headSent = false;
  #saidGzip = false;
  #answer: FinalStatus | undefined = undefined;
  #isSettled = false;

  constructor(session: ServerSession, id: number, head: RequestHead) {
    super(session, id);
    this.session = session;
    this.path = head.path ?? "";
    this.peer = session.peerOfConnection;
    this.deadline =
      head.timeoutMs === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : deadlineAfter(head.timeoutMs ?? 0, session.clock);
    this.contentLeft = head.contentLength;
    this.compressedAllowed = head.encoding === "gzip";
    this.#acceptsGzip = head.acceptEncoding?.includes("gzip") === true;
    this.#metadataFields = head.metadataFields;
  }

  get maxMessageBytes(): number {
    return this.session.options.maxMessageBytes;
  }

  get metadata(): Metadata {
    this.#metadata ??= metadataOf(this.#metadataFields);
    return this.#metadata;
  }

  protected override get cutShort(): string {
    return "the requests end in the middle of a message";
  }

  /** Whether no handler runs for it any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** What the acceptor decided. `endStream`: the request ended with its head. */
  begin(opened: OpenedCall, endStream: boolean): void {
    if (opened.kind === "refused") {
      if (this.closed) return this.handlerFinished();
      this.#isSettled = true;
      this.remoteEnded = endStream;
      return this.finish(opened.status);
    }
    this.#sink = opened;
    const gone = this.closed;
    opened.start();
    if (gone) this.lost(CLOSED_MEANWHILE);
    else if (endStream && !this.closed) this.endReceived();
  }

  /** The request's trailers came, which gRPC does not use. */
  trailersReceived(): void {
    this.endReceived();
  }

  // ---- what the acceptor's sink calls ----

  headers(metadata: Metadata, compress = false): void {
    if (this.#answer === undefined && !this.closed) this.#sendHead(metadata, compress);
  }

  write(bytes: Uint8Array, compress: boolean): boolean {
    if (this.#answer !== undefined || this.closed) return true;
    const compressed = this.#sendHead(undefined, compress);
    return this.send(bytes, compressed);
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (this.#answer !== undefined || this.closed) return;
    if (this.session.waitingBytes + message.length > this.session.limits.maxUnreadBytes)
      return this.finish(UNREAD);
    const compressed = this.#sendHead(headers, compress);
    this.#answer = trailers === undefined ? OK : { ...OK, trailers };
    this.sendOnly(message, compressed);
    super.end();
  }

  finish(answer?: FinalStatus): void {
    if (this.#answer !== undefined || this.closed) return;
    this.#answer = answer ?? OK;
    super.end();
  }

  handlerFinished(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (this.closed) this.session.slotFree();
  }

  // ---- what the stream tells ----

  protected override received(bytes: Uint8Array, compressed: boolean): void {
    this.#sink?.message(bytes, compressed);
  }

  protected override receivedAll(): void {
    this.#sink?.halfClosed();
  }

  protected override drained(): void {
    this.#sink?.drained();
  }

  protected override refuse(cause: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.finish({ ...cause, trailers: undefined });
    sink?.cancelled(cause);
  }

  override reset(_code: number): void {
    this.lost({
      code: StatusNumber.CANCELLED,
      message: "the caller cancelled the call, or is gone",
    });
  }

  override lost(cause: Status): void {
    const sink = this.#sink;
    this.#sink = undefined;
    // The caller's own clock is the likeliest reason.
    const late =
      cause.code === StatusNumber.CANCELLED && this.session.clock.now() >= this.deadline - 1;
    sink?.cancelled(
      late
        ? { code: StatusNumber.DEADLINE_EXCEEDED, message: "the deadline of the call passed" }
        : cause,
    );
  }

  protected override writeEnd(): void {
    const { code, message: text, trailers } = this.#answer ?? OK;
    const message = encodeGrpcMessage(text);
    const most =
      MOST_HEAD_BYTES + mostFieldBytes("grpc-message", message) + mostMetadataBytes(trailers);
    const encoder = this.session.beginBlock(most);
    if (!this.#headSent) {
      this.session.responseHead.write(encoder);
      if (code === StatusNumber.UNIMPLEMENTED)
        encoder.repeated("grpc-accept-encoding", ACCEPTED_ENCODINGS);
      this.#headSent = true;
    }
    if (code === StatusNumber.OK) this.session.okStatus.write(encoder);
    else if (code <= StatusNumber.UNAUTHENTICATED) encoder.repeated("grpc-status", String(code));
    else encoder.literal("grpc-status", String(code));
    if (message !== "") encoder.literal("grpc-message", message);
    if (trailers !== undefined) writeMetadata(encoder, trailers);
    this.session.endBlock(this.id, true);
    this.session.localEnd(this);
    // The answer came before the end of the request: what is still on its way is not read (RFC
    // 9113, section 8.1).
    if (!this.closed) this.sendReset(ErrorCode.NO_ERROR);
  }

  /** Sends the head once; the result says whether a message may be compressed. */
  #sendHead(metadata: Metadata | undefined, compress: boolean): boolean {
    if (this.#headSent) return compress && this.#saidGzip;
    this.#headSent = true;
    this.#saidGzip = compress && this.#acceptsGzip;
    const encoder = this.session.beginBlock(MOST_HEAD_BYTES + mostMetadataBytes(metadata));
    this.session.responseHead.write(encoder);
    if (this.#saidGzip) encoder.repeated("grpc-encoding", "gzip");
    if (metadata !== undefined) writeMetadata(encoder, metadata);
    this.session.endBlock(this.id, false);
    return this.#saidGzip;
  }
}

/** Whoever opens calls may also close the connection. */
const CLOSED_MEANWHILE: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection was closed while the call was opened",
};
const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };
const UNREAD: FinalStatus = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "too many answers wait for this connection to read them",
  trailers: undefined,
};
