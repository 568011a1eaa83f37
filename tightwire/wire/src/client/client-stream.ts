import type { Metadata } from "@tightwire/core";
import {
  type Completion,
  type OutgoingCall,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { ErrorCode, errorName } from "../frames/protocol.js";
import { isKnownEncoding } from "../grpc/compression.js";
import { decodeGrpcMessage } from "../grpc/grpc-message.js";
import { metadataOf } from "../grpc/header-list.js";
import { statusOfHttp, statusOfReset } from "../grpc/http-status.js";
import { isGrpc, type ResponseHead } from "../grpc/response-head.js";
import { Stream } from "../session/stream.js";
import type { ClientSession } from "./client-session.js";

/**
 * A call that a client makes: its handle, and the reader of its answer. {@link UnaryStream} and
 * {@link ReplyStream} say who hears of it.
 */
export abstract class ClientStream extends Stream implements StreamHandle {
  readonly call: OutgoingCall;
  /** Where in the connection's output its head begins. */
  headAt = 0;
  protected override readonly session: ClientSession;
  protected override readonly endsWithData = true;
  /** Whether its end was told. */
  protected told = false;
  #headReceived = false;
  #end: Completion | undefined = undefined;

  constructor(session: ClientSession, call: OutgoingCall) {
    super(session, 0);
    this.session = session;
    this.call = call;
  }

  /** Hears the head of the answer. */
  protected abstract headersReceived(metadata: Metadata | undefined): void;
  /** Hears the end, once. */
  protected abstract done(end: Completion): void;

  get maxMessageBytes(): number {
    return this.session.options.maxMessageBytes;
  }

  protected override get cutShort(): string {
    return "the answer ends in the middle of a message";
  }

  override get responded(): boolean {
    return this.#end !== undefined;
  }

  // ---- the caller's handle ----

  write(bytes: Uint8Array, compress: boolean = this.call.compress): boolean {
    if (this.told || this.ending || this.closed) return true;
    return this.send(bytes, compress && this.call.compress);
  }

  halfClose(): void {
    if (!this.told && !this.closed) super.end();
  }

  cancel(cause: Status): void {
    if (this.told) return;
    const sent = this.id !== 0;
    this.session.abandon(this);
    this.tell(local(cause, sent ? "unknown" : "not-processed"));
  }

  // ---- what the session tells ----

  /** A head, or trailers, or both at once. */
  head(head: ResponseHead, endStream: boolean): void {
    if (head.fault !== undefined) return this.#malformed(head.fault);
    if (head.tooLarge)
      return this.#give({
        code: StatusNumber.RESOURCE_EXHAUSTED,
        message: "the metadata of the answer is larger than is taken",
      });
    if (this.#headReceived) return this.#trailers(head, endStream);
    if (head.httpStatus === undefined) return this.#malformed("no :status");
    if (head.httpStatus.startsWith("1")) {
      if (endStream || head.httpStatus === "101")
        this.#malformed(`an answer that is ${head.httpStatus}`);
      return; // something is still to come
    }
    this.contentLeft = head.contentLength;
    if (endStream && !this.countContent(0, true))
      return this.#malformed("fewer octets than its content-length");
    if (endStream && head.grpcStatus !== undefined) return this.#finishWith(head);
    if (head.httpStatus !== "200" || !isGrpc(head.contentType)) return this.#foreign(head);
    if (endStream) return this.#finishWith(head);
    if (!isKnownEncoding(head.encoding)) {
      return this.#give({
        code: StatusNumber.INTERNAL,
        message: `the answer is compressed as ${JSON.stringify(head.encoding)}, which was not asked for`,
      });
    }
    this.compressedAllowed = head.encoding === "gzip";
    this.#headReceived = true;
    this.headersReceived(
      head.metadataFields === undefined ? undefined : metadataOf(head.metadataFields),
    );
  }

  override data(
    bytes: Buffer,
    start: number,
    end: number,
    flowBytes: number,
    endStream: boolean,
  ): void {
    if (!this.#headReceived) return this.#malformed("DATA before the head of the answer");
    super.data(bytes, start, end, flowBytes, endStream);
  }

  override reset(code: number): void {
    if (code === ErrorCode.REFUSED_STREAM) return this.unprocessed("the server refused the call");
    const text = `the peer reset the stream: ${errorName(code)}`;
    this.tell(local({ code: statusOfReset(code), message: text }, "unknown"));
  }

  override lost(cause: Status, outcome: "not-processed" | "unknown"): void {
    const neverSent = this.id === 0 || this.headAt >= this.session.output.sentBytes;
    this.tell(local(cause, neverSent ? "not-processed" : outcome));
  }

  /** The peer says that it never looked at the call. */
  unprocessed(text: string): void {
    this.tell({
      code: StatusNumber.UNAVAILABLE,
      message: text,
      headers: undefined,
      trailers: undefined,
      outcome: "not-processed",
      origin: "peer",
    });
  }

  protected override refuse(cause: Status): void {
    this.#give(cause);
  }

  protected override receivedAll(): void {
    const end = this.#end ?? {
      ...local(
        { code: StatusNumber.INTERNAL, message: "the answer ended without a status" },
        "responded",
      ),
      origin: "local" as const,
    };
    if (!this.closed) this.session.responded(this);
    this.tell(end);
  }

  protected override writeEnd(): void {
    this.session.writeEndOfStream(this);
  }

  /** Tells the end, once. */
  protected tell(end: Completion): void {
    if (this.told) return;
    this.told = true;
    this.done(end);
  }

  #trailers(head: ResponseHead, endStream: boolean): void {
    if (!endStream) return this.#malformed("a second head");
    if (head.httpStatus !== undefined) return this.#malformed(":status in trailers");
    if (!this.countContent(0, true)) return this.#malformed("fewer octets than its content-length");
    this.#finishWith(head);
  }

  /** The answer's status is there; it is told behind the messages before it. */
  #finishWith(head: ResponseHead): void {
    const trailers =
      head.metadataFields === undefined ? undefined : metadataOf(head.metadataFields);
    if (head.grpcStatus === "0" && trailers === undefined && head.grpcMessage === undefined)
      this.#end = OK;
    else {
      const text =
        head.grpcStatus === undefined
          ? "the answer ended without a grpc-status"
          : decodeGrpcMessage(head.grpcMessage ?? "");
      this.#end = {
        code: statusNumberOf(head.grpcStatus),
        message: text,
        headers: undefined,
        trailers,
        outcome: "responded",
        origin: "peer",
      };
    }
    this.endReceived();
  }

  /** The answer is no gRPC: a proxy's, or a web server's. */
  #foreign(head: ResponseHead): void {
    const what =
      head.contentType === undefined
        ? "without a content type"
        : `with ${mediaType(head.contentType)}`;
    const text = `the peer is not a gRPC server: it answered HTTP ${head.httpStatus} ${what}`;
    this.#give({ code: statusOfHttp(head.httpStatus as string), message: text });
  }

  #malformed(text: string): void {
    this.#give(
      { code: StatusNumber.INTERNAL, message: `the answer is malformed: ${text}` },
      ErrorCode.PROTOCOL_ERROR,
    );
  }

  /** This side gives the answer up. */
  #give(cause: Status, code: number = ErrorCode.CANCEL): void {
    this.session.resetStream(this, code);
    this.tell(local(cause, "unknown"));
  }
}

const OK: Completion = Object.freeze({
  code: StatusNumber.OK,
  message: "",
  headers: undefined,
  trailers: undefined,
  outcome: "responded",
  origin: "peer",
});

function local(cause: Status, outcome: Completion["outcome"]): Completion {
  return {
    code: cause.code,
    message: cause.message,
    headers: undefined,
    trailers: undefined,
    outcome,
    origin: "local",
  };
}

/** What is not one of the seventeen is UNKNOWN. */
function statusNumberOf(text: string | undefined): number {
  return text !== undefined && /^(?:\d|1[0-6])$/.test(text) ? Number(text) : StatusNumber.UNKNOWN;
}

/** `text/html; charset=utf-8` without its parameters, and no longer than a media type is. */
function mediaType(contentType: string): string {
  return contentType.replace(/\s*;.*$/s, "").slice(0, 80);
}
