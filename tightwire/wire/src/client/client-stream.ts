import type { Outcome } from "@tightwire/core";
import {
  type Completion,
  localCompletion,
  type OutgoingCall,
  type Report,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { writeFrameHeader } from "../frames/frame-writer.js";
import { ErrorCode, errorName, Flag, FRAME_HEADER_BYTES, FrameType } from "../frames/protocol.js";
import { compressionOf, isKnownEncoding } from "../grpc/compression.js";
import { statusOfHttp, statusOfReset } from "../grpc/http-status.js";
import { readMetadata } from "../grpc/metadata-fields.js";
import { isGrpc, type ResponseHead } from "../grpc/response-head.js";
import type { Session } from "../session/session.js";
import { Stream, type StreamOwner } from "../session/stream.js";
import { completionOf, unprocessedCompletion } from "./completion.js";
import type { ResponseReader } from "./response-reader.js";

/** What a call asks of its connection. */
export interface ClientStreamSession {
  readonly session: Session;
  /** Hears what the code above the transport threw. */
  readonly report: Report;
  /** Whether the server has responded to any call, and not only that it is unavailable. */
  gotResponse: boolean;
  /** The caller cancelled a call. */
  cancelled(one: ClientStream): void;
  /** The response of a call is complete. */
  responded(one: ClientStream): void;
}

/** A call that a client makes: the caller's handle, and what its stream belongs to. */
export class ClientStream implements StreamHandle, StreamOwner {
  readonly call: OutgoingCall;
  readonly stream: Stream;
  /** Where in the connection's output its head begins. */
  headAt = 0;
  /** For how long the connection may be silent before it is suspected. */
  silenceMs = 0;
  readonly #session: ClientStreamSession;
  readonly #response: ResponseReader;
  #finished = false;
  #end: Completion | undefined = undefined;

  constructor(session: ClientStreamSession, call: OutgoingCall, response: ResponseReader) {
    this.#session = session;
    this.call = call;
    this.#response = response;
    this.stream = new Stream(session.session, this, 0, false);
  }

  get responded(): boolean {
    return this.#end !== undefined;
  }

  // ---- the caller's handle ----

  /** Sends the request of a unary call: its message is its end. */
  sendOnly(message: Uint8Array): void {
    this.stream.writer.sendLast(message, this.call.compress);
  }

  write(bytes: Uint8Array, compress: boolean = this.call.compress): boolean {
    if (this.#finished || this.stream.writer.ending || this.stream.closed) return true;
    return this.stream.writer.send(bytes, compress && this.call.compress);
  }

  halfClose(): void {
    if (!this.#finished && !this.stream.closed) this.stream.writer.end();
  }

  pull(count: number): void {
    this.stream.reader.pull(count);
  }

  hold(bytes: number): void {
    this.stream.reader.holdDecoded(bytes);
  }

  cancel(status: Status): void {
    if (this.#finished) return;
    const sent = this.stream.id !== 0;
    this.#session.cancelled(this);
    this.#finish(localCompletion(status, sent ? "unknown" : "not-processed"));
  }

  // ---- what the session tells ----

  /** A head, or trailers, or both at once. */
  head(head: ResponseHead, endStream: boolean): void {
    const { stream } = this;
    const { fields } = head;
    if (fields.fault !== undefined) return this.#malformed(fields.fault);
    if (fields.tooLarge) return this.#reject(TOO_LARGE);
    if (stream.headReceived) return this.#trailers(head, endStream);
    if (head.httpStatus === undefined) return this.#malformed("no :status");
    if (head.httpStatus.startsWith("1")) {
      if (endStream || head.httpStatus === "101")
        this.#malformed(`the final :status is ${head.httpStatus}`);
      return; // an interim response: the final one follows
    }
    stream.contentLeft = fields.contentLength;
    if (endStream && !stream.countContent(0, true))
      return this.#malformed("fewer bytes than its content-length");
    if (endStream && head.grpcStatus !== undefined) return this.#finishWith(head);
    if (head.httpStatus !== "200" || !isGrpc(head.contentType)) return this.#foreign(head);
    if (endStream) return this.#finishWith(head);
    if (!isKnownEncoding(head.encoding)) {
      const message = `the response is compressed as ${JSON.stringify(head.encoding)}, which was not accepted`;
      return this.#reject({ code: StatusNumber.INTERNAL, message });
    }
    stream.reader.compression = compressionOf(head.encoding);
    stream.headReceived = true;
    this.#session.gotResponse = true;
    try {
      this.#response.headers(
        fields.application === undefined ? undefined : readMetadata(fields.application),
      );
    } catch (error) {
      this.#threw(error);
    }
  }

  dataBeforeHead(): void {
    this.#malformed("DATA before the head");
  }

  message(bytes: Uint8Array, compressed: boolean): void {
    try {
      const fault = this.#response.message(bytes, compressed);
      if (fault !== undefined) this.refuse({ code: StatusNumber.INTERNAL, message: fault });
      else if (this.#response.keeps) this.hold(bytes.length);
    } catch (error) {
      this.#threw(error);
    }
  }

  awaits(ended: boolean): boolean {
    return this.#response.awaits(ended);
  }

  allReceived(): void {
    const end = this.#end ?? localCompletion(NO_STATUS, "responded");
    if (!this.stream.closed) this.#session.responded(this);
    this.#finish(end);
  }

  drained(): void {
    try {
      this.#response.drained();
    } catch (error) {
      this.#threw(error);
    }
  }

  writeEnd(): void {
    const { stream } = this;
    if (stream.id === 0) return; // it waits for a place
    const { session } = this.#session;
    session.output.reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(session.output, 0, FrameType.DATA, Flag.END_STREAM, stream.id);
    session.localEnd(stream);
  }

  refuse(status: Status): void {
    this.#reject(status);
  }

  reset(code: number): void {
    if (code === ErrorCode.REFUSED_STREAM) return this.unprocessed("the server refused the call");
    const message = `the peer reset the stream: ${errorName(code)}`;
    this.#finish(localCompletion({ code: statusOfReset(code), message }, "unknown"));
  }

  failed(status: Status, outcome: Outcome): void {
    const neverSent = this.stream.id === 0 || this.headAt >= this.#session.session.output.sentBytes;
    this.#finish(localCompletion(status, neverSent ? "not-processed" : outcome));
  }

  /** The peer says that it never looked at the call. */
  unprocessed(message: string): void {
    this.stream.release();
    this.#finish(unprocessedCompletion(message));
  }

  /** Tells how the call finished, once. */
  #finish(end: Completion): void {
    if (this.#finished) return;
    this.#finished = true;
    try {
      this.#response.finished(end);
    } catch (error) {
      this.#threw(error);
    }
  }

  /** The code above the transport threw: that fails this call, and no other of the connection. */
  #threw(error: unknown): void {
    this.#session.report(error, "the code above the transport", this.call.path);
    const reason = error instanceof Error ? error.message : "what was thrown is not an Error";
    const message = `the call failed in this process: ${reason}`;
    this.#reject({ code: StatusNumber.INTERNAL, message }, ErrorCode.INTERNAL_ERROR);
  }

  #trailers(head: ResponseHead, endStream: boolean): void {
    if (!endStream) return this.#malformed("a second head");
    if (head.httpStatus !== undefined) return this.#malformed(":status in trailers");
    if (!this.stream.countContent(0, true))
      return this.#malformed("fewer bytes than its content-length");
    this.#finishWith(head);
  }

  /** The status of the response came; it is told after the messages before it. */
  #finishWith(head: ResponseHead): void {
    this.#end = completionOf(head);
    if (head.grpcStatus !== undefined && this.#end.code !== StatusNumber.UNAVAILABLE)
      this.#session.gotResponse = true;
    this.stream.reader.endReceived();
  }

  /** The response is not gRPC: a proxy's, or a web server's. */
  #foreign(head: ResponseHead): void {
    const type =
      head.contentType === undefined
        ? "no content-type"
        : `content-type ${mediaType(head.contentType)}`;
    const message = `the peer is not a gRPC server: HTTP status ${head.httpStatus}, ${type}`;
    this.#reject({ code: statusOfHttp(head.httpStatus as string), message });
  }

  #malformed(fault: string): void {
    const message = `the response is malformed: ${fault}`;
    this.#reject({ code: StatusNumber.INTERNAL, message }, ErrorCode.PROTOCOL_ERROR);
  }

  /** This side resets the stream. */
  #reject(status: Status, code: number = ErrorCode.CANCEL): void {
    this.#session.session.streams.reset(this.stream, code);
    this.#finish(localCompletion(status, "unknown"));
  }
}

const NO_STATUS: Status = {
  code: StatusNumber.INTERNAL,
  message: "the response ended without a status",
};
const TOO_LARGE: Status = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "the metadata of the response is larger than the limit",
};

/** `text/html; charset=utf-8` without its parameters, and no longer than a media type is. */
function mediaType(contentType: string): string {
  return contentType.replace(/\s*;.*$/s, "").slice(0, 80);
}
