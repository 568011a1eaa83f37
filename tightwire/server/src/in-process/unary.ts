import { type Lender, Metadata, type Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type FinalStatus,
  giveBack,
  type IncomingCall,
  type IncomingSink,
  RESPONDED_OK,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import { wellFormed } from "../well-formed.js";
import { InProcessCall, type InProcessCallParts, type InProcessMessages } from "./call.js";

/**
 * Carries the messages of a unary call between two sides of one process. It is the client's handle
 * and the server's view in one object: with one message each way nothing has to wait.
 */
export class InProcessUnaryCall implements InProcessMessages, IncomingCall {
  readonly #call: InProcessCall;
  readonly #sink: UnarySink;
  #request: Uint8Array | undefined;
  #headers: Metadata | undefined = undefined;
  #response: Uint8Array | undefined = undefined;
  #lender: Lender | undefined = undefined;
  #responses = 0;
  #compressed = false;
  #opening = false;
  /** How the call finished while it was shown to the server. */
  #unreported: Completion | undefined = undefined;

  constructor(parts: InProcessCallParts, request: Uint8Array, sink: UnarySink) {
    this.#call = new InProcessCall(parts, this, this);
    this.#request = request;
    this.#sink = sink;
  }

  // ---- the client's side ----

  cancel(status: Status): void {
    this.#reportLate();
    this.#call.cancel(status);
  }

  /**
   * The server sees the call while the client still waits for its handle, so a call that finishes
   * here is reported to the client later.
   */
  open(acceptor: Acceptor | undefined): void {
    this.#opening = true;
    this.#call.open(acceptor);
    this.#opening = false;
    if (this.#unreported !== undefined) queueMicrotask(() => this.#reportLate());
  }

  #reportLate(): void {
    const completion = this.#unreported;
    this.#unreported = undefined;
    if (completion !== undefined) this.finished(completion);
  }

  serverClosed(status: Status): void {
    this.#call.serverClosed(status);
  }

  finished(completion: Completion): void {
    if (this.#opening) {
      this.#unreported = completion;
      return;
    }
    const response = completion.code === StatusNumber.OK ? this.#response : undefined;
    this.#sink.finished(
      this.#headers === undefined ? completion : { ...completion, headers: this.#headers },
      response,
      this.#compressed,
    );
    // The client has decoded it.
    if (response !== undefined) giveBack(this.#lender, response);
  }

  // ---- the server's side ----

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

  begin(server: IncomingSink, maxRequestBytes: number): void {
    const bytes = this.#request?.byteLength ?? 0;
    const tooLarge = bytes > maxRequestBytes;
    if (tooLarge) this.#request = undefined;
    server.start();
    if (tooLarge) this.#call.refuseRequest(bytes, maxRequestBytes);
  }

  /** Gives the server the one request, and the end of the requests with it. */
  pull(): void {
    const request = this.#request;
    const call = this.#call;
    if (request === undefined || call.finished) return;
    this.#request = undefined;
    call.server?.message(request, call.parts.compress);
    call.server?.halfClosed();
  }

  headers(metadata: Metadata): void {
    this.#headers = new Metadata(metadata);
  }

  /** Takes a response. A second one is an error, and returns false. */
  write(bytes: Uint8Array, compress: boolean, lender?: Lender): boolean {
    if (this.#call.finished || !this.#call.takesResponse(bytes)) return true;
    this.#response = bytes;
    this.#lender = lender;
    this.#compressed = compress;
    return ++this.#responses < 2;
  }

  respond(
    headers: Metadata | undefined,
    message: Uint8Array,
    trailers: Metadata | undefined,
    compress: boolean,
    lender?: Lender,
  ): void {
    if (this.#call.finished) return;
    if (headers !== undefined) this.headers(headers);
    this.write(message, compress, lender);
    if (trailers === undefined && this.#responses === 1) this.#call.complete(RESPONDED_OK);
    else this.finish({ code: StatusNumber.OK, message: "", trailers });
  }

  finish({ code, message, trailers }: FinalStatus): void {
    const call = this.#call;
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    if (code !== StatusNumber.OK || this.#responses === 1)
      return call.finish({ code, message: wellFormed(message) }, "responded", "peer", copied);
    const wrongCount = `a unary call got ${this.#responses} responses`;
    const status = { code: StatusNumber.INTERNAL, message: wrongCount };
    call.finish(status, "responded", "local", copied);
  }

  handlerFinished(): void {
    this.#call.handlerFinished();
  }
}
