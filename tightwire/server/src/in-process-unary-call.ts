import { Metadata, type Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import { InProcessCall, type InProcessCallParts, wellFormed } from "./in-process-call.js";

/**
 * A unary call between two sides of one process: the client's handle and the server's view in one
 * object, since with one message each way nothing has to wait.
 */
export class InProcessUnaryCall extends InProcessCall implements IncomingCall {
  protected readonly incoming: IncomingCall = this;
  readonly #sink: UnarySink;
  #request: Uint8Array | undefined;
  #headers: Metadata | undefined = undefined;
  #answer: Uint8Array | undefined = undefined;
  #answers = 0;
  #compressed = false;
  #showing = false;
  /** How it ended while it was shown. */
  #untold: Completion | undefined = undefined;

  constructor(parts: InProcessCallParts, request: Uint8Array, sink: UnarySink) {
    super(parts);
    this.#request = request;
    this.#sink = sink;
  }

  get path(): string {
    return this.parts.path;
  }

  get metadata(): Metadata {
    return this.parts.metadata;
  }

  get peer(): Peer {
    return this.parts.peer;
  }

  get deadline(): number {
    return this.parts.deadline;
  }

  protected override begin(server: IncomingSink, maxRequestBytes: number): void {
    const bytes = this.#request?.byteLength ?? 0;
    const tooLarge = bytes > maxRequestBytes;
    if (tooLarge) this.#request = undefined;
    server.start();
    if (tooLarge) this.refuseRequest(bytes, maxRequestBytes);
  }

  /** Gives the one request, and the end of the requests with it. */
  pull(): void {
    const request = this.#request;
    if (request === undefined || this.over) return;
    this.#request = undefined;
    this.server?.message(request, this.parts.compress);
    this.server?.halfClosed();
  }

  headers(metadata: Metadata): void {
    this.#headers = new Metadata(metadata);
  }

  /** Takes an answer; after a second, which is a fault, no more is asked for. */
  write(bytes: Uint8Array, compress: boolean): boolean {
    if (this.over || !this.takesAnswer(bytes)) return true;
    this.#answer = bytes;
    this.#compressed = compress;
    return ++this.#answers < 2;
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
  ): void {
    if (this.over) return;
    if (headers !== undefined) this.headers(headers);
    this.write(message, compress);
    this.finish({ code: StatusNumber.OK, message: "", trailers });
  }

  finish({ code, message: text, trailers }: FinalStatus): void {
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    if (code !== StatusNumber.OK || this.#answers === 1)
      return this.complete({ code, message: wellFormed(text) }, "responded", "peer", copied);
    const wrong = `the answer of a unary call holds ${this.#answers} messages`;
    this.complete({ code: StatusNumber.INTERNAL, message: wrong }, "responded", "local", copied);
  }

  /**
   * Shown at once, so a call that ends thereby is told of it later: its client has no handle yet.
   */
  override show(acceptor: Acceptor | undefined): void {
    this.#showing = true;
    super.show(acceptor);
    this.#showing = false;
    if (this.#untold !== undefined) queueMicrotask(() => this.#tellLate());
  }

  override cancel(cause: Status): void {
    this.#tellLate();
    super.cancel(cause);
  }

  #tellLate(): void {
    const end = this.#untold;
    this.#untold = undefined;
    if (end !== undefined) this.tell(end);
  }

  protected override tell(end: Completion): void {
    if (this.#showing) {
      this.#untold = end;
      return;
    }
    const answer = end.code === StatusNumber.OK ? this.#answer : undefined;
    this.#sink.finished(
      this.#headers === undefined ? end : { ...end, headers: this.#headers },
      answer,
      this.#compressed,
    );
  }
}
