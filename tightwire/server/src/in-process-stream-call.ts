import { Metadata, type Peer } from "@tightwire/core";
import {
  type Completion,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type ResponseSink,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { InProcessCall, type InProcessCallParts, wellFormed } from "./in-process-call.js";
import { Pipe } from "./pipe.js";

/**
 * A streaming call between two sides of one process: the client's handle; {@link Answering} is the
 * server's. Each direction is a {@link Pipe}.
 */
export class InProcessStreamCall extends InProcessCall implements StreamHandle {
  readonly requests: Pipe = new Pipe();
  readonly replies: Pipe = new Pipe();
  protected readonly incoming: IncomingCall = new Answering(this);
  readonly #sink: ResponseSink;
  #maxRequestBytes = Number.POSITIVE_INFINITY;

  constructor(parts: InProcessCallParts, sink: ResponseSink) {
    super(parts);
    this.#sink = sink;
    this.replies.reader = sink;
    this.requests.writer = () => sink.drained();
  }

  // ---- the client's side ----

  write(bytes: Uint8Array, compress: boolean = this.parts.compress): boolean {
    if (this.over) return true;
    if (bytes.byteLength > this.#maxRequestBytes) {
      this.refuseRequest(bytes.byteLength, this.#maxRequestBytes);
      return true;
    }
    return this.requests.write(bytes, compress && this.parts.compress);
  }

  halfClose(): void {
    this.requests.end(() => this.server?.halfClosed());
  }

  pull(count: number): void {
    this.replies.pull(count);
  }

  protected override tell(end: Completion): void {
    this.requests.close();
    this.replies.close();
    this.#sink.finished(end);
  }

  // ---- the server's side ----

  protected override begin(server: IncomingSink, maxRequestBytes: number): void {
    this.#maxRequestBytes = maxRequestBytes;
    this.requests.reader = server;
    this.replies.writer = () => server.drained();
    const tooLarge = this.requests.largest(maxRequestBytes);
    server.start();
    if (tooLarge > 0) this.refuseRequest(tooLarge, maxRequestBytes);
  }

  headers(metadata: Metadata): void {
    if (!this.over) this.#sink.headers(new Metadata(metadata));
  }

  answerMessage(bytes: Uint8Array, compress: boolean): boolean {
    if (this.over || !this.takesAnswer(bytes)) return true;
    return this.replies.write(bytes, compress);
  }

  answerEnd({ code, message: text, trailers }: FinalStatus): void {
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    this.replies.end(() =>
      this.complete({ code, message: wellFormed(text) }, "responded", "peer", copied),
    );
  }
}

/** The server's view of a call. */
class Answering implements IncomingCall {
  readonly #call: InProcessStreamCall;

  constructor(call: InProcessStreamCall) {
    this.#call = call;
  }

  get path(): string {
    return this.#call.parts.path;
  }

  get metadata(): Metadata {
    return this.#call.parts.metadata;
  }

  get peer(): Peer {
    return this.#call.parts.peer;
  }

  get deadline(): number {
    return this.#call.parts.deadline;
  }

  pull(count: number): void {
    this.#call.requests.pull(count);
  }

  headers(metadata: Metadata): void {
    this.#call.headers(metadata);
  }

  write(bytes: Uint8Array, compress: boolean): boolean {
    return this.#call.answerMessage(bytes, compress);
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (headers !== undefined) this.#call.headers(headers);
    this.#call.answerMessage(message, compress);
    this.#call.answerEnd({ code: StatusNumber.OK, message: "", trailers });
  }

  finish(answer: FinalStatus): void {
    this.#call.answerEnd(answer);
  }

  handlerFinished(): void {
    this.#call.handlerFinished();
  }
}
