import type { Metadata } from "@tightwire/core";
import {
  type Completion,
  type OutgoingCall,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { ClientSession } from "./client-session.js";
import { ClientStream } from "./client-stream.js";

/** A call with one message each way, whose answer is gathered into its one ending. */
export class UnaryStream extends ClientStream {
  readonly #sink: UnarySink;
  #headers: Metadata | undefined = undefined;
  #message: Uint8Array | undefined = undefined;
  #compressed = false;
  #messages = 0;

  constructor(session: ClientSession, call: OutgoingCall, sink: UnarySink) {
    super(session, call);
    this.#sink = sink;
    this.pull(2); // a second message is a fault, and is to be seen
  }

  /** Sends the request: its message is its end. */
  request(message: Uint8Array): void {
    this.sendLast(message, this.call.compress);
  }

  protected override headersReceived(metadata: Metadata | undefined): void {
    this.#headers = metadata;
  }

  /** The octets stay as they are until the end: a session's chunks are not read into again. */
  protected override received(bytes: Uint8Array, compressed: boolean): void {
    if (this.#messages++ > 0)
      return this.refuse({
        code: StatusNumber.INTERNAL,
        message: "the answer of a unary call holds more than one message",
      });
    this.#message = bytes;
    this.#compressed = compressed;
  }

  protected override drained(): void {}

  protected override done(end: Completion): void {
    const whole: Completion =
      this.#headers === undefined ? end : { ...end, headers: this.#headers };
    if (end.code !== StatusNumber.OK) return this.#sink.finished(whole, undefined);
    if (this.#messages === 1) return this.#sink.finished(whole, this.#message, this.#compressed);
    const text = "the answer of a unary call holds no message";
    this.#sink.finished(
      { ...whole, code: StatusNumber.INTERNAL, message: text, origin: "local" },
      undefined,
    );
  }
}
