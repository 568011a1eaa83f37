import { MisuseError } from "@tightwire/core";
import { StatusNumber, type StreamHandle } from "@tightwire/core/runtime";
import type { ClientCall } from "./client-call.js";
import { encodeRequest, isCompressed } from "./message-encoding.js";
import type { ResponseStream } from "./response-stream.js";

type RequestIterator = AsyncIterator<unknown> | Iterator<unknown>;

/** Sends the requests of a streaming call over one attempt. */
export class RequestSender {
  readonly #call: ClientCall;
  readonly #stream: ResponseStream;
  readonly #handle: StreamHandle;
  #iterator: RequestIterator | undefined = undefined;
  #resume: (() => void) | undefined = undefined;
  #compressed = false;

  constructor(call: ClientCall, stream: ResponseStream, handle: StreamHandle) {
    this.#call = call;
    this.#stream = stream;
    this.#handle = handle;
  }

  /** Sends the one request of a server-streaming call. */
  sendOne(): void {
    this.#write(this.#call.request);
    this.#handle.halfClose();
  }

  /** Sends every request of the caller's iterable. What that throws cancels the call. */
  async sendAll(): Promise<void> {
    const call = this.#call;
    try {
      const iterator = iteratorOf(call.request);
      this.#iterator = iterator;
      while (call.completion === undefined) {
        const step = await iterator.next();
        if (call.completion !== undefined) return;
        if (step.done === true) break;
        this.#stream.mark(call.method.redacted.request, step.value);
        if (!this.#write(step.value)) await new Promise<void>((resolve) => this.#wait(resolve));
      }
      this.#iterator = undefined;
      this.#handle.halfClose();
    } catch (error) {
      call.errorCause = error;
      this.#iterator = undefined;
      call.cancel({ code: StatusNumber.CANCELLED, message: "the caller's requests failed" });
    }
  }

  /** The transport takes messages again. */
  drained(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** The call finished. A generator of requests that waits at a yield runs its finally blocks. */
  stop(): void {
    this.drained();
    if (this.#iterator !== undefined) close(this.#iterator);
  }

  #wait(resume: () => void): void {
    if (this.#call.completion === undefined) this.#resume = resume;
    else resume();
  }

  /** False when the transport takes no more until {@link drained}. */
  #write(request: unknown): boolean {
    const bytes = this.#encode(request);
    if (bytes === undefined) return true;
    this.#stream.touch();
    this.#call.observer?.message?.("sent", bytes.byteLength);
    return this.#handle.write(bytes, this.#compressed);
  }

  /** Undefined when the request cannot be encoded, which has then cancelled the call. */
  #encode(request: unknown): Uint8Array | undefined {
    const call = this.#call;
    try {
      this.#compressed = isCompressed(call.options, call.path, request);
      return encodeRequest(call.method, request);
    } catch (error) {
      const { message, cause } = error as Error;
      call.errorCause = cause;
      call.cancel({ code: StatusNumber.INTERNAL, message });
      return undefined;
    }
  }
}

/** Closes an iterator of the caller's. What it throws then concerns nobody. */
function close(iterator: RequestIterator): void {
  void (async () => iterator.return?.())().catch(() => {});
}

function iteratorOf(requests: unknown): RequestIterator {
  const iterable = requests as Partial<AsyncIterable<unknown> & Iterable<unknown>> | undefined;
  const iterator = iterable?.[Symbol.asyncIterator]?.() ?? iterable?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator;
  throw new MisuseError(
    "TW_INVALID_REQUESTS",
    `the requests of a stream must be an iterable or async iterable of messages (got ${typeof requests})`,
  );
}
