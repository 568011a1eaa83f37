import { Metadata } from "@tightwire/core";
import type { Completion, ResponseSink } from "@tightwire/core/runtime";
import type { ResponseReader } from "./response-reader.js";

/** The response of a call with a stream on either side or both, given on as it comes. */
export class StreamingResponse implements ResponseReader {
  readonly keeps = false;
  readonly #sink: ResponseSink;
  #finished = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  headers(metadata: Metadata | undefined): void {
    this.#sink.headers(metadata ?? new Metadata());
  }

  message(bytes: Uint8Array, compressed: boolean): undefined {
    if (!this.#finished) this.#sink.message(bytes, compressed);
  }

  awaits(): boolean {
    return this.#sink.awaits?.() ?? true;
  }

  drained(): void {
    if (!this.#finished) this.#sink.drained();
  }

  finished(end: Completion): void {
    this.#finished = true;
    this.#sink.finished(end);
  }
}
