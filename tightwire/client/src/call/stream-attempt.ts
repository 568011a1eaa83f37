import type { Metadata } from "@tightwire/core";
import {
  type Borrowed,
  type Completion,
  type Connection,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import type { Attempt } from "./attempt.js";
import type { ClientCall } from "./client-call.js";
import { undecodable } from "./message-encoding.js";
import { RequestSender } from "./request-sender.js";
import type { ResponseStream } from "./response-stream.js";

/** One try of a streaming call. */
export class StreamAttempt implements Attempt, ResponseSink {
  readonly #call: ClientCall;
  readonly #stream: ResponseStream;
  readonly #finished: (() => void) | undefined;
  #handle: StreamHandle | undefined = undefined;
  #requests: RequestSender | undefined = undefined;

  constructor(call: ClientCall, stream: ResponseStream, finished: (() => void) | undefined) {
    this.#call = call;
    this.#stream = stream;
    this.#finished = finished;
  }

  send(connection: Connection): void {
    const handle = connection.stream(this.#call, this);
    this.#handle = handle;
    this.#requests = new RequestSender(this.#call, this.#stream, handle);
    this.#stream.readFrom(handle);
    if (this.#call.method.kind === "server_streaming") this.#requests.sendOne();
    else void this.#requests.sendAll();
  }

  cancel(status: Status): boolean {
    if (this.#handle === undefined) return false;
    this.#handle.cancel(status);
    return true;
  }

  runFinished(): void {
    this.#requests?.stop();
    this.#finished?.();
  }

  // ---- what the transport tells ----

  headers(metadata: Metadata): void {
    this.#stream.begin();
    this.#call.options.onHeaders?.(metadata);
  }

  message(bytes: Borrowed): void {
    const call = this.#call;
    this.#stream.messageReceived();
    call.observer?.message?.("received", bytes.byteLength);
    try {
      const response = call.method.response.decode(bytes);
      this.#stream.mark(call.method.redacted.response, response);
      this.#stream.messages.push(response, bytes.byteLength);
    } catch (error) {
      const { code, message } = undecodable(call.method, NO_METADATA, error);
      call.cancel({ code, message });
    }
  }

  drained(): void {
    this.#stream.touch();
    this.#requests?.drained();
  }

  finished(completion: Completion): void {
    this.#handle = undefined;
    this.#stream.stopReading();
    const repeatable = this.#call.method.kind === "server_streaming" && !this.#stream.begun;
    if (completion.code !== StatusNumber.OK && repeatable) this.#call.attemptFailed(completion);
    else this.#call.finish(completion);
  }
}

const NO_METADATA = { headers: undefined, trailers: undefined };
