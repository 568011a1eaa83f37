import { Metadata, type Peer } from "@tightwire/core";
import {
  type Acceptor,
  type Answer,
  type Cause,
  type Completion,
  type IncomingCall,
  type IncomingSink,
  type ReplySink,
  Status,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { Pipe } from "./pipe.js";

/** What a call is made of. */
export interface InProcessCallParts {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly deadline: number;
  /** Whether requests are said to come compressed, where nothing is said of a single one. */
  readonly compress: boolean;
  /** The largest answer that the client takes. */
  readonly maxMessageBytes: number;
  /** The call is over and no handler runs for it any more. */
  left(): void;
}

/** A streaming call between two sides of one process: the client's handle; {@link Answering} is the server's. Each direction is a {@link Pipe}. */
export class InProcessCall implements StreamHandle {
  readonly parts: InProcessCallParts;
  readonly requests: Pipe = new Pipe();
  readonly replies: Pipe = new Pipe();
  readonly #sink: ReplySink;
  #server: IncomingSink | undefined = undefined;
  #opened = false;
  #over = false;
  #settled = false;
  #maxRequestBytes = Number.POSITIVE_INFINITY;

  constructor(parts: InProcessCallParts, sink: ReplySink) {
    this.parts = parts;
    this.#sink = sink;
    this.replies.reader = sink;
    this.requests.writer = () => sink.drained();
  }

  // ---- the client's side ----

  write(bytes: Uint8Array, compress: boolean = this.parts.compress): boolean {
    if (this.#over) return true;
    if (bytes.byteLength > this.#maxRequestBytes) {
      this.#refuseMessage(bytes.byteLength);
      return true;
    }
    return this.requests.write(bytes, compress && this.parts.compress);
  }

  end(): void {
    this.requests.end(() => this.#server?.halfClosed());
  }

  pull(count: number): void {
    this.replies.pull(count);
  }

  cancel(cause: Cause): void {
    if (this.#over) return;
    const server = this.#server;
    this.finish({ code: cause.code, text: cause.text, ...NOTHING, processed: this.#opened ? "unknown" : "no", origin: "local" });
    // Why the client gave up is its own affair: over a network only the deadline would be known.
    server?.cancelled(cause.code === Status.DEADLINE_EXCEEDED ? cause : CANCELLED);
  }

  // ---- the server's side ----

  /** Shows the call to the server. */
  open(acceptor: Acceptor): void {
    if (this.#over) return;
    this.#opened = true;
    this.#maxRequestBytes = acceptor.maxMessageBytes;
    const answering = new Answering(this);
    const opened = acceptor.open(answering);
    if ("code" in opened) {
      this.#settled = true;
      answering.end(opened);
      return;
    }
    this.#server = opened;
    this.requests.reader = opened;
    this.replies.writer = () => opened.drained();
    const tooLarge = this.requests.largest(this.#maxRequestBytes);
    opened.start();
    if (tooLarge > 0) this.#refuseMessage(tooLarge);
  }

  /** The call was not shown to the server at all. */
  refuse(cause: Cause): void {
    this.#settled = true;
    this.finish({ code: cause.code, text: cause.text, ...NOTHING, processed: "no", origin: "peer" });
  }

  /** The server is gone. */
  lose(cause: Cause): void {
    if (this.#over) return;
    const server = this.#server;
    this.finish({ code: cause.code, text: cause.text, ...NOTHING, processed: "unknown", origin: "local" });
    server?.cancelled(cause);
  }

  headers(metadata: Metadata): void {
    if (!this.#over) this.#sink.headers(new Metadata(metadata));
  }

  answerMessage(bytes: Uint8Array, compress: boolean): boolean {
    if (this.#over) return true;
    const { maxMessageBytes } = this.parts;
    if (bytes.byteLength <= maxMessageBytes) return this.replies.write(bytes, compress);
    const text = `an answer of ${bytes.byteLength} bytes is larger than the ${maxMessageBytes} that are taken`;
    this.cancel({ code: Status.RESOURCE_EXHAUSTED, text });
    return true;
  }

  answerEnd(answer: Answer): void {
    const { code, text, trailers } = answer;
    const copied = trailers === undefined ? undefined : new Metadata(trailers);
    const end: Completion = { code, text: wellFormed(text), headers: undefined, trailers: copied, processed: "yes", origin: "peer" };
    this.replies.end(() => this.finish(end));
  }

  settled(): void {
    this.#settled = true;
    if (this.#over) this.parts.left();
  }

  /** Ends the call for its client: the one place where that happens. */
  finish(end: Completion): void {
    if (this.#over) return;
    this.#over = true;
    this.#server = undefined;
    this.requests.close();
    this.replies.close();
    this.#sink.done(end);
    if (this.#settled || !this.#opened) this.parts.left();
  }

  #refuseMessage(bytes: number): void {
    const text = `a message of ${bytes} bytes is larger than the ${this.#maxRequestBytes} that are taken`;
    const server = this.#server;
    this.finish({ code: Status.RESOURCE_EXHAUSTED, text, ...NOTHING, processed: "yes", origin: "peer" });
    server?.cancelled({ code: Status.RESOURCE_EXHAUSTED, text });
  }
}

/** As a wire would carry it: half a surrogate pair is no UTF-8. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}

/** What a server hears of a client that gave up. */
export const CANCELLED: Cause = { code: Status.CANCELLED, text: "the caller cancelled the call, or is gone" };
const NOTHING = { headers: undefined, trailers: undefined };

/** The server's view of a call. */
class Answering implements IncomingCall {
  readonly #call: InProcessCall;

  constructor(call: InProcessCall) {
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

  reply(headers: Metadata | undefined, message: Uint8Array, trailers: Metadata | undefined, compress: boolean): void {
    if (headers !== undefined) this.#call.headers(headers);
    this.#call.answerMessage(message, compress);
    this.#call.answerEnd({ code: Status.OK, text: "", trailers });
  }

  end(answer: Answer): void {
    this.#call.answerEnd(answer);
  }

  settled(): void {
    this.#call.settled();
  }
}
