import type { Metadata } from "@tightwire/core";
import {
  type Completion,
  type ResponseSink,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";

/** Gathers the response of a unary call, which is told all at once. */
export class UnaryResponses implements ResponseSink {
  readonly #sink: UnarySink;
  #headers: Metadata | undefined = undefined;
  #message: Uint8Array | undefined = undefined;
  #messages = 0;

  constructor(sink: UnarySink) {
    this.#sink = sink;
  }

  headers(metadata: Metadata): void {
    this.#headers = metadata;
  }

  message(bytes: Uint8Array): void {
    this.#messages++;
    this.#message = bytes; // grpc-js gives each message a buffer of its own
  }

  drained(): void {}

  finished(completion: Completion): void {
    const whole: Completion =
      this.#headers === undefined ? completion : { ...completion, headers: this.#headers };
    if (completion.code !== StatusNumber.OK) return this.#sink.finished(whole, undefined);
    if (this.#messages === 1) return this.#sink.finished(whole, this.#message);
    const count = this.#messages === 0 ? "no message" : "more than one message";
    const message = `the response of a unary call has ${count}`;
    this.#sink.finished(
      { ...whole, code: StatusNumber.INTERNAL, message, origin: "local" },
      undefined,
    );
  }
}
