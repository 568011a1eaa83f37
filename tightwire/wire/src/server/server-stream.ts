import type { Metadata, Peer } from "@tightwire/core";
import {
  type Answer,
  type Cause,
  deadlineAfter,
  type IncomingCall,
  type IncomingSink,
  Status,
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
  fault: Cause | undefined = undefined;
  protected override readonly session: ServerSession;
  protected override readonly endsWithData = false;
  readonly #metadataFields: readonly string[] | undefined;
  readonly #acceptsGzip: boolean;
  #metadata: Metadata | undefined = undefined;
  #sink: IncomingSink | undefined = undefined;
  #headSent = false;
  #saidGzip = false;
  #answer: Answer | undefined = undefined;
  #isSettled = false;

  constructor(session: ServerSession, id: number, head: RequestHead) {
    super(session, id);
    this.session = session;
    this.path = head.path ?? "";
    this.peer = session.peerOfConnection;
    this.deadline =
      head.timeoutMs === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : deadlineAfter(head.timeoutMs ?? 0);
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
  begin(opened: IncomingSink | Answer, endStream: boolean): void {
    if ("code" in opened) {
      if (this.closed) return this.settled();
      this.#isSettled = true;
      this.remoteEnded = endStream;
      return this.end(opened);
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

  reply(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (this.#answer !== undefined || this.closed) return;
    if (this.session.waitingBytes + message.length > this.session.bounds.maxUnreadBytes)
      return this.end(UNREAD);
    const compressed = this.#sendHead(headers, compress);
    this.#answer = trailers === undefined ? OK : { ...OK, trailers };
    this.sendOnly(message, compressed);
    super.end();
  }

  override end(answer?: Answer): void {
    if (this.#answer !== undefined || this.closed) return;
    this.#answer = answer ?? OK;
    super.end();
  }

  settled(): void {
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

  protected override refuse(cause: Cause): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.end({ ...cause, trailers: undefined });
    sink?.cancelled(cause);
  }

  override reset(_code: number): void {
    this.lost({ code: Status.CANCELLED, text: "the caller cancelled the call, or is gone" });
  }

  override lost(cause: Cause): void {
    const sink = this.#sink;
    this.#sink = undefined;
    // The caller's own clock is the likeliest reason.
    const late = cause.code === Status.CANCELLED && performance.now() >= this.deadline - 1;
    sink?.cancelled(
      late ? { code: Status.DEADLINE_EXCEEDED, text: "the deadline of the call passed" } : cause,
    );
  }

  protected override writeEnd(): void {
    const { code, text, trailers } = this.#answer ?? OK;
    const message = encodeGrpcMessage(text);
    const most =
      MOST_HEAD_BYTES + mostFieldBytes("grpc-message", message) + mostMetadataBytes(trailers);
    const encoder = this.session.beginBlock(most);
    if (!this.#headSent) {
      this.session.answerHead.write(encoder);
      if (code === Status.UNIMPLEMENTED)
        encoder.repeated("grpc-accept-encoding", ACCEPTED_ENCODINGS);
      this.#headSent = true;
    }
    if (code === Status.OK) this.session.okStatus.write(encoder);
    else if (code <= Status.UNAUTHENTICATED) encoder.repeated("grpc-status", String(code));
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
    this.session.answerHead.write(encoder);
    if (this.#saidGzip) encoder.repeated("grpc-encoding", "gzip");
    if (metadata !== undefined) writeMetadata(encoder, metadata);
    this.session.endBlock(this.id, false);
    return this.#saidGzip;
  }
}

/** Whoever opens calls may also close the connection. */
const CLOSED_MEANWHILE: Cause = {
  code: Status.UNAVAILABLE,
  text: "the connection was closed while the call was opened",
};
const OK: Answer = { code: Status.OK, text: "", trailers: undefined };
const UNREAD: Answer = {
  code: Status.RESOURCE_EXHAUSTED,
  text: "too many answers wait for this connection to read them",
  trailers: undefined,
};
