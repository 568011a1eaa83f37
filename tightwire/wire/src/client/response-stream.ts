import { Metadata } from "@tightwire/core";
import type { Completion, OutgoingCall, ResponseSink } from "@tightwire/core/runtime";
import type { ClientSession } from "./client-session.js";
import { ClientStream } from "./client-stream.js";

/** A call with a stream on either side or both. */
export class ResponseStream extends ClientStream {
  readonly #sink: ResponseSink;

  constructor(session: ClientSession, call: OutgoingCall, sink: ResponseSink) {
    super(session, call);
    this.#sink = sink;
  }

  protected override headersReceived(metadata: Metadata | undefined): void {
    this.#sink.headers(metadata ?? new Metadata());
  }

  protected override received(bytes: Uint8Array, compressed: boolean): void {
    if (!this.told) this.#sink.message(bytes, compressed);
  }

  protected override drained(): void {
    if (!this.told) this.#sink.drained();
  }

  protected override done(end: Completion): void {
    this.#sink.finished(end);
  }
}
