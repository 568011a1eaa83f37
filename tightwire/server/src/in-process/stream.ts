import { Metadata, type Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { wellFormed } from "../well-formed.js";
import { InProcessCall, type InProcessCallParts, type InProcessMessages } from "./call.js";
import { Pipe, type PipeReader } from "./pipe.js";

/**
 * Carries the messages of a streaming call between two sides of one process, each direction in a
 * {@link Pipe}. It is the client's handle; {@link StreamIncoming} is the server's view.
 */
export class InProcessStreamCall implements InProcessMessages, StreamHandle, PipeReader {
  readonly call: InProcessCall;
  readonly requests: Pipe = new Pipe();
  readonly responses: Pipe = new Pipe();
  readonly #sink: ResponseSink;
  #maxRequestBytes = Number.POSITIVE_INFINITY;

  constructor(parts: InProcessCallParts, sink: ResponseSink) {
    this.call = new InProcessCall(parts, this, new StreamIncoming(this));
    this.#sink = sink;
    this.responses.reader = sink;
    this.requests.writer = () => sink.drained();
  }

  // ---- the client's side ----

  write(bytes: Uint8Array, compress: boolean = this.call.parts.compress): boolean {
    const { call } = this;
    if (call.finished) return true;
    if (bytes.byteLength > this.#maxRequestBytes) {
      call.refuseRequest(bytes.byteLength, this.#maxRequestBytes);
      return true;
    }
    return this.requests.write(bytes, compress && call.parts.compress);
  }

  halfClose(): void {
    this.requests.finish(() => this.#tell((server) => server.halfClosed()));
  }

  pull(count: number): void {
    this.responses.pull(count);
  }

  cancel(status: Status): void {
    this.call.cancel(status);
  }

  open(acceptor: Acceptor | undefined): void {
    this.call.open(acceptor);
  }

  serverClosed(status: Status): void {
    this.call.serverClosed(status);
  }

  finished(completion: Completion): void {
    this.requests.close();
    this.responses.close();
    this.#sink.finished(completion);
  }

  // ---- the server's side ----

  begin(server: IncomingSink, maxRequestBytes: number): void {
    this.#maxRequestBytes = maxRequestBytes;
    this.requests.reader = this;
    this.responses.writer = () => this.#tell((sink) => sink.drained());
    const tooLarge = this.requests.largestAbove(maxRequestBytes);
    server.start();
    if (tooLarge > 0) this.call.refuseRequest(tooLarge, maxRequestBytes);
  }

  /** A request that the server asked for. */
  message(bytes: Uint8Array, compressed: boolean): void {
    try {
      this.call.server?.message(bytes, compressed);
    } catch (thrown) {
      this.call.failForFault(thrown);
    }
  }

  #tell(what: (server: IncomingSink) => void): void {
    const { server } = this.call;
    if (server === undefined) return;
    try {
      what(server);
    } catch (thrown) {
      this.call.failForFault(thrown);
    }
  }

  sendHeaders(metadata: Metadata): void {
    if (!this.call.finished) this.#sink.headers(new Metadata(metadata));
  }

  sendResponse(bytes: Uint8Array, compress: boolean): boolean {
    if (this.call.finished || !this.call.takesResponse(bytes)) return true;
    return this.responses.write(bytes, compress);
  }

  sendStatus({ code, message, trailers }: FinalStatus): void {
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    this.responses.finish(() =>
      this.call.finish({ code, message: wellFormed(message) }, "responded", "peer", copied),
    );
  }
}

/** The server's view of a streaming call. */
class StreamIncoming implements IncomingCall {
  readonly #stream: InProcessStreamCall;

  constructor(stream: InProcessStreamCall) {
    this.#stream = stream;
  }

  get path(): string {
    return this.#stream.call.parts.path;
  }

  get metadata(): Metadata {
    return this.#stream.call.parts.metadata;
  }

  get peer(): Peer {
    return this.#stream.call.parts.peer;
  }

  get deadline(): number {
    return this.#stream.call.parts.deadline;
  }

  pull(count: number): void {
    this.#stream.requests.pull(count);
  }

  headers(metadata: Metadata): void {
    this.#stream.sendHeaders(metadata);
  }

  write(bytes: Uint8Array, compress: boolean): boolean {
    return this.#stream.sendResponse(bytes, compress);
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (headers !== undefined) this.#stream.sendHeaders(headers);
    this.#stream.sendResponse(message, compress);
    this.#stream.sendStatus({ code: StatusNumber.OK, message: "", trailers });
  }

  finish(status: FinalStatus): void {
    this.#stream.sendStatus(status);
  }

  handlerFinished(): void {
    this.#stream.call.handlerFinished();
  }
}
