import type { Metadata } from "@tightwire/core";
import { type Completion, StatusNumber, type UnarySink } from "@tightwire/core/runtime";
import type { ResponseReader } from "./response-reader.js";

/** The response of a unary call, gathered until the call has finished. */
export class UnaryResponse implements ResponseReader {
  readonly keeps = true;
  readonly #sink: UnarySink;
  #headers: Metadata | undefined = undefined;
  #message: Uint8Array | undefined = undefined;
  #compressed = false;
  #messages = 0;

  constructor(sink: UnarySink) {
    this.#sink = sink;
  }

  headers(metadata: Metadata | undefined): void {
    this.#headers = metadata;
  }

  /** Keeps the bytes as they are: a connection never reads into its chunks again. */
  message(bytes: Uint8Array, compressed: boolean): string | undefined {
    if (this.#messages++ > 0) return "the response of a unary call has more than one message";
    this.#message = bytes;
    this.#compressed = compressed;
    return undefined;
  }

  /** The caller gets the message when the call has finished. */
  awaits(ended: boolean): boolean {
    return ended;
  }

  drained(): void {}

  finished(end: Completion): void {
    const whole: Completion =
      this.#headers === undefined ? end : { ...end, headers: this.#headers };
    if (end.code !== StatusNumber.OK) return this.#sink.finished(whole, undefined);
    if (this.#messages === 1) return this.#sink.finished(whole, this.#message, this.#compressed);
    const message = "the response of a unary call has no message";
    this.#sink.finished(
      { ...whole, code: StatusNumber.INTERNAL, message, origin: "local" },
      undefined,
    );
  }
}
