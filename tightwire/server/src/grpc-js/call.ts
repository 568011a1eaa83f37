import { Metadata as GrpcMetadata, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  CALLER_CANCELLED,
  DEADLINE_PASSED,
  deadlineAfter,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  malformedTimeout,
  parseTimeout,
  reportFault,
  SERVER_FAULT,
  type Status,
  StatusNumber,
  tellCancelled,
} from "@tightwire/core/runtime";
import { wellFormed } from "../well-formed.js";
import { collectCompressed, isCutShort, isReset, onStatus } from "./inner-call.js";
import { asBuffer, fromGrpcMetadata, toGrpcMetadata } from "./metadata.js";
import { peerOf } from "./peer.js";

/** How many bytes may be with grpc-js, and not yet with the socket, before writing waits. */
const HIGH_WATER_BYTES = 64 * 1024;
/** How many messages may be. They reach the socket together, which makes streams fast here. */
const HIGH_WATER_MESSAGES = 16;

/**
 * One call of grpc-js, taken over in an interceptor. The handler that grpc-js knows is never
 * reached, so no stream object is made and the acceptor decides on the headers alone. This object
 * stands in for the intercepted call (grpc-js calls `start` on it) and is the acceptor's call too.
 */
export class GrpcJsIncomingCall
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
  #finished = false;
  #credit = 0;
  /** grpc-js was asked for a message that has not come yet. */
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
    onStatus(this.#call, (status) => this.#finishedBelow(status));
    this.#call.start({
      onReceiveMetadata: (metadata: GrpcMetadata) => this.#open(metadata),
      onReceiveMessage: (bytes: Buffer) => this.#message(bytes),
      onReceiveHalfClose: () => {
        // Node ends the data of a stream that it resets, so a reset may follow in the same read.
        // This waits for the event loop itself, which no other clock stands for.
        setImmediate(() => this.#halfClosed());
      },
      onCancel: () => this.#cancelled(),
    });
  }

  #open(metadata: GrpcMetadata): void {
    this.#metadata = fromGrpcMetadata(metadata);
    this.#compressed = collectCompressed(this.#call);
    try {
      const opened = this.#acceptor.open(this);
      if (opened.kind === "refused") return this.finish(opened.status);
      this.#sink = opened;
      opened.start();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }

  /** The server's side threw. That fails this call, and not the process. */
  #failForFault(thrown: unknown): void {
    const sink = this.#sink;
    this.#sink = undefined;
    reportFault(this.#acceptor, thrown, this.path);
    this.finish(SERVER_FAULT);
    tellCancelled(this.#acceptor, sink, SERVER_FAULT, this.path);
  }

  #message(bytes: Buffer): void {
    this.#asked = false;
    if (this.#finished) return;
    this.#credit--;
    try {
      this.#sink?.message(bytes, this.#compressed?.has(bytes) === true);
    } catch (thrown) {
      this.#failForFault(thrown);
    }
    this.#read();
  }

  #halfClosed(): void {
    if (this.#finished || isReset(this.#call)) return;
    if (isCutShort(this.#call)) return this.#call.sendStatus(CUT_SHORT);
    try {
      this.#sink?.halfClosed();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }

  /** grpc-js calls this at the end of every call, also of one that succeeded. */
  #cancelled(): void {
    const late = this.#acceptor.clock.now() >= this.deadline - 1;
    this.#finishedBelow(late ? DEADLINE_PASSED : CALLER_CANCELLED);
  }

  /** The call finished below the acceptor, which gets the reason. */
  #finishedBelow(status: Status): void {
    if (this.#finished) return;
    this.#finished = true;
    tellCancelled(this.#acceptor, this.#sink, status, this.path);
  }

  // ---- what the acceptor's sink calls ----

  pull(count: number): void {
    this.#credit += count;
    this.#read();
  }

  /**
   * A loop instead of recursion: grpc-js may respond to a read at once, for as many messages as a
   * frame held.
   */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (!this.#asked && !this.#finished && this.#credit > 0) {
      this.#asked = true;
      this.#call.startRead();
    }
    this.#reading = false;
  }

  headers(metadata: Metadata): void {
    if (!this.#finished) this.#call.sendMetadata(toGrpcMetadata(metadata));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#finished) return true;
    const size = bytes.byteLength;
    this.#waitingBytes += size;
    this.#waitingMessages++;
    this.#call.sendMessage(asBuffer(bytes), () => this.#written(size));
    this.#full ||=
      this.#waitingBytes >= HIGH_WATER_BYTES || this.#waitingMessages >= HIGH_WATER_MESSAGES;
    return !this.#full;
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
  ): void {
    if (this.#finished) return;
    this.#finished = true;
    if (headers !== undefined) this.#call.sendMetadata(toGrpcMetadata(headers));
    this.#call.sendMessage(asBuffer(message), nothing);
    this.#call.sendStatus({ code: StatusNumber.OK, details: "", metadata: grpcTrailers(trailers) });
  }

  finish(status: FinalStatus): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#call.sendStatus({
      code: status.code,
      details: wellFormed(status.message),
      metadata: grpcTrailers(status.trailers),
    });
  }

  handlerFinished(): void {}

  #written(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingMessages--;
    if (
      !this.#full ||
      this.#finished ||
      this.#waitingBytes > HIGH_WATER_BYTES / 2 ||
      this.#waitingMessages > HIGH_WATER_MESSAGES / 2
    )
      return;
    this.#full = false;
    try {
      this.#sink?.drained();
    } catch (thrown) {
      this.#failForFault(thrown);
    }
  }
}

function nothing(): void {}

const NO_TRAILERS: GrpcMetadata = new GrpcMetadata();
const CUT_SHORT = {
  code: StatusNumber.INTERNAL,
  details: "the requests end in the middle of a message",
  metadata: NO_TRAILERS,
};

function grpcTrailers(trailers: Metadata | undefined): GrpcMetadata {
  return trailers === undefined ? NO_TRAILERS : toGrpcMetadata(trailers);
}
