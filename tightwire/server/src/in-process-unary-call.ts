import { Metadata, type Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Answer,
  type CallHandle,
  type Cause,
  type Completion,
  type IncomingCall,
  type IncomingSink,
  Status,
  type UnarySink,
} from "@tightwire/core/runtime";
import { CANCELLED, type InProcessCallParts, wellFormed } from "./in-process-call.js";

/**
 * A unary call between two sides of one process: the client's handle and the server's view in one object, since with one message each way nothing has to wait. What is said of {@link InProcessCall} holds for
 * it, too.
 */
export class InProcessUnaryCall implements CallHandle, IncomingCall {
  readonly #parts: InProcessCallParts;
  readonly #sink: UnarySink;
  #request: Uint8Array | undefined;
  #server: IncomingSink | undefined = undefined;
  #opened = false;
  #over = false;
  #settled = false;
  #headers: Metadata | undefined = undefined;
  #answer: Uint8Array | undefined = undefined;
  #answers = 0;
  #compressed = false;

  constructor(parts: InProcessCallParts, request: Uint8Array, sink: UnarySink) {
    this.#parts = parts;
    this.#request = request;
    this.#sink = sink;
  }

  // ---- the client's side ----

  cancel(cause: Cause): void {
    if (this.#over) return;
    const server = this.#server;
    this.#finish(cause, this.#opened ? "unknown" : "no", "local");
    // Why the client gave up is its own affair: over a network only the deadline would be known.
    server?.cancelled(cause.code === Status.DEADLINE_EXCEEDED ? cause : CANCELLED);
  }

  // ---- what the transport does with it ----

  /** Shows the call to the server. */
  open(acceptor: Acceptor): void {
    if (this.#over) return;
    this.#opened = true;
    const opened = acceptor.open(this);
    if ("code" in opened) {
      this.#settled = true;
      this.end(opened);
      return;
    }
    this.#server = opened;
    const bytes = this.#request?.byteLength ?? 0;
    const tooLarge = bytes > acceptor.maxMessageBytes;
    if (tooLarge) this.#request = undefined;
    opened.start();
    if (tooLarge) this.#refuseRequest(bytes, acceptor.maxMessageBytes);
  }

  /** The call was not shown to the server at all. */
  refuse(cause: Cause): void {
    this.#settled = true;
    this.#finish(cause, "no", "peer");
  }

  /** The server is gone. */
  lose(cause: Cause): void {
    if (this.#over) return;
    const server = this.#server;
    this.#finish(cause, "unknown", "local");
    server?.cancelled(cause);
  }

  // ---- the server's side ----

  get path(): string {
    return this.#parts.path;
  }

  get metadata(): Metadata {
    return this.#parts.metadata;
  }

  get peer(): Peer {
    return this.#parts.peer;
  }

  get deadline(): number {
    return this.#parts.deadline;
  }

  /** Gives the one request, and the end of the requests with it. */
  pull(): void {
    const request = this.#request;
    if (request === undefined || this.#over) return;
    this.#request = undefined;
    this.#server?.message(request, this.#parts.compress);
    this.#server?.halfClosed();
  }

  headers(metadata: Metadata): void {
    this.#headers = new Metadata(metadata);
  }

  /** Takes an answer; after a second, which is a fault, no more is asked for. */
  write(bytes: Uint8Array, compress: boolean): boolean {
    if (this.#over) return true;
    const { maxMessageBytes } = this.#parts;
    if (bytes.byteLength > maxMessageBytes) {
      const text = `an answer of ${bytes.byteLength} bytes is larger than the ${maxMessageBytes} that are taken`;
      this.cancel({ code: Status.RESOURCE_EXHAUSTED, text });
      return true;
    }
    this.#answer = bytes;
    this.#compressed = compress;
    return ++this.#answers < 2;
  }

  reply(headers: Metadata | undefined, message: Uint8Array, trailers: Metadata | undefined, compress: boolean): void {
    if (this.#over) return;
    if (headers !== undefined) this.headers(headers);
    this.write(message, compress);
    this.end({ code: Status.OK, text: "", trailers });
  }

  end({ code, text, trailers }: Answer): void {
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    if (code !== Status.OK || this.#answers === 1) return this.#finish({ code, text: wellFormed(text) }, "yes", "peer", copied);
    const wrong = `the answer of a unary call holds ${this.#answers} messages`;
    this.#finish({ code: Status.INTERNAL, text: wrong }, "yes", "local", copied);
  }

  settled(): void {
    this.#settled = true;
    if (this.#over) this.#parts.left();
  }

  /** Ends the call for its client: the one place where that happens. */
  #finish({ code, text }: Cause, processed: Completion["processed"], origin: Completion["origin"], trailers?: Metadata): void {
    if (this.#over) return;
    this.#over = true;
    this.#server = undefined;
    const answer = code === Status.OK ? this.#answer : undefined;
    this.#sink.done({ code, text, headers: this.#headers, trailers, processed, origin }, answer, this.#compressed);
    if (this.#settled || !this.#opened) this.#parts.left();
  }

  #refuseRequest(bytes: number, most: number): void {
    const cause: Cause = { code: Status.RESOURCE_EXHAUSTED, text: `a message of ${bytes} bytes is larger than the ${most} that are taken` };
    const server = this.#server;
    this.#finish(cause, "yes", "peer");
    server?.cancelled(cause);
  }
}
