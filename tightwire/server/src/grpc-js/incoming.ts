import { Metadata as GrpcMetadata, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { Metadata, Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Answer,
  type Cause,
  deadlineAfter,
  type IncomingCall,
  type IncomingSink,
  Status,
} from "@tightwire/core/runtime";
import { fromGrpcMetadata, toGrpcMetadata } from "./metadata.js";
import { peerOf } from "./peer.js";

/** Above so many bytes handed to grpc-js and not yet taken by the socket, writing waits. */
const HIGH_WATER_BYTES = 64 * 1024;
/** And above so many messages: they reach the socket together, which is most of a stream's speed here. */
const HIGH_WATER_MESSAGES = 16;

/**
 * One call of grpc-js, taken over in an interceptor: the handler that grpc-js knows is never reached, so no stream object is made and the acceptor decides by the head alone.
 * It stands in for the intercepted call (`start` is what grpc-js calls on it) and is the acceptor's call at once.
 */
export class GrpcJsIncoming implements IncomingCall, Pick<ServerInterceptingCallInterface, "start"> {
  readonly path: string;
  deadline: number = Number.POSITIVE_INFINITY;
  readonly #call: ServerInterceptingCallInterface;
  readonly #acceptor: Acceptor;
  #metadata: Metadata | undefined = undefined;
  #peer: Peer | undefined = undefined;
  #sink: IncomingSink | undefined = undefined;
  #ended = false;
  #credit = 0;
  #asked = false;
  #reading = false;
  #waitingBytes = 0;
  #waitingMessages = 0;
  #full = false;

  constructor(path: string, call: ServerInterceptingCallInterface, acceptor: Acceptor) {
    this.path = path;
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
    this.#call.start({
      onReceiveMetadata: (metadata: GrpcMetadata) => this.#open(metadata),
      onReceiveMessage: (bytes: Buffer) => this.#message(bytes),
      onReceiveHalfClose: () => {
        // Node ends the data of a stream that it resets, so a reset may follow in the same read.
        setImmediate(() => {
          if (!this.#ended && !isReset(this.#call)) this.#sink?.halfClosed();
        });
      },
      onCancel: () => this.#cancelled(),
    });
  }

  #open(metadata: GrpcMetadata): void {
    this.#metadata = fromGrpcMetadata(metadata);
    const until = this.#call.getDeadline();
    const untilMs = until instanceof Date ? until.getTime() : until;
    if (untilMs !== Number.POSITIVE_INFINITY) this.deadline = deadlineAfter(untilMs - Date.now());
    const opened = this.#acceptor.open(this);
    if ("code" in opened) return this.end(opened);
    this.#sink = opened;
    opened.start();
  }

  #message(bytes: Buffer): void {
    this.#asked = false;
    if (this.#ended) return;
    this.#credit--;
    this.#sink?.message(bytes);
    this.#read();
  }

  /** grpc-js says so at the end of every call, also of a good one. */
  #cancelled(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink?.cancelled(this.#whyCancelled());
  }

  #whyCancelled(): Cause {
    // Its own deadline timer, and its own refusals of messages, end a call the same way.
    if (performance.now() >= this.deadline - 1) return { code: Status.DEADLINE_EXCEEDED, text: "the deadline of the call passed" };
    return { code: Status.CANCELLED, text: "the caller cancelled the call, or is gone" };
  }

  // ---- what the acceptor's sink calls ----

  pull(count: number): void {
    this.#credit += count;
    this.#read();
  }

  /** A loop rather than recursion: grpc-js may answer a read at once, for as many messages as a frame held. */
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
    this.#full ||= this.#waitingBytes >= HIGH_WATER_BYTES || this.#waitingMessages >= HIGH_WATER_MESSAGES;
    return !this.#full;
  }

  reply(headers: Metadata | undefined, message: Uint8Array, trailers: Metadata | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    if (headers !== undefined) this.#call.sendMetadata(toGrpcMetadata(headers));
    this.#call.sendMessage(asBuffer(message), nothing);
    this.#call.sendStatus({ code: Status.OK, details: "", metadata: grpcTrailers(trailers) });
  }

  end(answer: Answer): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.sendStatus({ code: answer.code, details: wellFormed(answer.text), metadata: grpcTrailers(answer.trailers) });
  }

  settled(): void {}

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingMessages--;
    if (!this.#full || this.#ended || this.#waitingBytes > HIGH_WATER_BYTES / 2 || this.#waitingMessages > HIGH_WATER_MESSAGES / 2) return;
    this.#full = false;
    this.#sink?.drained();
  }
}

function nothing(): void {}

/**
 * Whether the stream was reset. Node ends a reset stream's data as it ends a whole one's, and grpc-js tells both as half-closed: half an upload would look like all of it. The
 * stream behind the call says which it was, by its reset code before it says so as `aborted`; that reaches into grpc-js, and the contract suite cancels between two requests.
 */
function isReset(call: ServerInterceptingCallInterface): boolean {
  const { stream } = call as { stream?: { aborted: boolean; rstCode?: number } };
  return stream !== undefined && (stream.aborted || (stream.rstCode ?? 0) !== 0);
}

const NO_TRAILERS: GrpcMetadata = new GrpcMetadata();

function grpcTrailers(trailers: Metadata | undefined): GrpcMetadata {
  return trailers === undefined ? NO_TRAILERS : toGrpcMetadata(trailers);
}

/** grpc-js encodes the text with encodeURI, which throws for half a surrogate pair. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
