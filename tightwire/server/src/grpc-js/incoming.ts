import { Metadata as GrpcMetadata, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  deadlineAfter,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  malformedTimeout,
  parseTimeout,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { collectCompressed, isCutShort, isReset, onStatus } from "./inner-call.js";
import { fromGrpcMetadata, toGrpcMetadata } from "./metadata.js";
import { peerOf } from "./peer.js";

/** Above so many bytes handed to grpc-js and not yet taken by the socket, writing waits. */
const HIGH_WATER_BYTES = 64 * 1024;
/**
 * And above so many messages: they reach the socket together, which is most of a stream's speed
 * here.
 */
const HIGH_WATER_MESSAGES = 16;

/**
 * One call of grpc-js, taken over in an interceptor: the handler that grpc-js knows is never
 * reached, so no stream object is made and the acceptor decides by the head alone. It stands in for
 * the intercepted call (`start` is what grpc-js calls on it) and is the acceptor's call at once.
 */
export class GrpcJsIncoming
  implements IncomingCall, Pick<ServerInterceptingCallInterface, "start">
{
  readonly path: string;
  readonly deadline: number;
  readonly fault: Status | undefined;
  readonly #call: ServerInterceptingCallInterface;
  readonly #acceptor: Acceptor;
  #metadata: Metadata | undefined = undefined;
  #peer: Peer | undefined = undefined;
  #compressed: WeakSet<Uint8Array> | undefined = undefined;
  #sink: IncomingSink | undefined = undefined;
  #ended = false;
  #credit = 0;
  #asked = false;
  #reading = false;
  #waitingBytes = 0;
  #waitingMessages = 0;
  #full = false;

  /** `timeout` is the call's `grpc-timeout` header. */
  constructor(
    path: string,
    call: ServerInterceptingCallInterface,
    acceptor: Acceptor,
    timeout: string | undefined,
  ) {
    const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : parseTimeout(timeout);
    this.path = path;
    this.deadline = deadlineAfter(timeoutMs ?? Number.POSITIVE_INFINITY, acceptor.clock);
    this.fault = timeoutMs === undefined ? malformedTimeout(timeout ?? "") : undefined;
    this.#call = call;
    this.#acceptor = acceptor;
  }

  get metadata(): Metadata {
    return this.#metadata as Metadata;
  }

  get peer(): Peer {
    this.#peer ??= peerOf(this.#call);
    return this.#peer;
  }

  // ---- what grpc-js calls ----

  start(): void {
    onStatus(this.#call, (status) => this.#overBy(status));
    this.#call.start({
      onReceiveMetadata: (metadata: GrpcMetadata) => this.#open(metadata),
      onReceiveMessage: (bytes: Buffer) => this.#message(bytes),
      onReceiveHalfClose: () => {
        // Node ends the data of a stream that it resets, so a reset may follow in the same read.
        setImmediate(() => this.#halfClosed());
      },
      onCancel: () => this.#cancelled(),
    });
  }

  #open(metadata: GrpcMetadata): void {
    this.#metadata = fromGrpcMetadata(metadata);
    this.#compressed = collectCompressed(this.#call);
    const opened = this.#acceptor.open(this);
    if (opened.kind === "refused") return this.finish(opened.status);
    this.#sink = opened;
    opened.start();
  }

  #message(bytes: Buffer): void {
    this.#asked = false;
    if (this.#ended) return;
    this.#credit--;
    this.#sink?.message(bytes, this.#compressed?.has(bytes) === true);
    this.#read();
  }

  #halfClosed(): void {
    if (this.#ended || isReset(this.#call)) return;
    if (isCutShort(this.#call))
      this.#call.sendStatus({
        code: StatusNumber.INTERNAL,
        details: CUT_SHORT,
        metadata: NO_TRAILERS,
      });
    else this.#sink?.halfClosed();
  }

  /** grpc-js says so at the end of every call, also of a good one. */
  #cancelled(): void {
    const late = performance.now() >= this.deadline - 1;
    this.#overBy(late ? LATE : CANCELLED);
  }

  /** The call ended below the acceptor, which is told why. */
  #overBy(cause: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink?.cancelled(cause);
  }

  // ---- what the acceptor's sink calls ----

  pull(count: number): void {
    this.#credit += count;
    this.#read();
  }

  /**
   * A loop rather than recursion: grpc-js may answer a read at once, for as many messages as a
   * frame held.
   */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (!this.#asked && !this.#ended && this.#credit > 0) {
      this.#asked = true;
      this.#call.startRead();
    }
    this.#reading = false;
  }

  headers(metadata: Metadata): void {
    if (!this.#ended) this.#call.sendMetadata(toGrpcMetadata(metadata));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended) return true;
    const size = bytes.byteLength;
    this.#waitingBytes += size;
    this.#waitingMessages++;
    this.#call.sendMessage(asBuffer(bytes), () => this.#taken(size));
    this.#full ||=
      this.#waitingBytes >= HIGH_WATER_BYTES || this.#waitingMessages >= HIGH_WATER_MESSAGES;
    return !this.#full;
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
  ): void {
    if (this.#ended) return;
    this.#ended = true;
    if (headers !== undefined) this.#call.sendMetadata(toGrpcMetadata(headers));
    this.#call.sendMessage(asBuffer(message), nothing);
    this.#call.sendStatus({ code: StatusNumber.OK, details: "", metadata: grpcTrailers(trailers) });
  }

  finish(answer: FinalStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.sendStatus({
      code: answer.code,
      details: wellFormed(answer.message),
      metadata: grpcTrailers(answer.trailers),
    });
  }

  handlerFinished(): void {}

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingMessages--;
    if (
      !this.#full ||
      this.#ended ||
      this.#waitingBytes > HIGH_WATER_BYTES / 2 ||
      this.#waitingMessages > HIGH_WATER_MESSAGES / 2
    )
      return;
    this.#full = false;
    this.#sink?.drained();
  }
}

function nothing(): void {}

const CUT_SHORT = "the requests end in the middle of a message";
const LATE: Status = {
  code: StatusNumber.DEADLINE_EXCEEDED,
  message: "the deadline of the call passed",
};
const CANCELLED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller cancelled the call, or is gone",
};

const NO_TRAILERS: GrpcMetadata = new GrpcMetadata();

function grpcTrailers(trailers: Metadata | undefined): GrpcMetadata {
  return trailers === undefined ? NO_TRAILERS : toGrpcMetadata(trailers);
}

/** grpc-js encodes the text with encodeURI, which throws for half a surrogate pair. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
