import { MisuseError } from "@tightwire/core";
import {
  catchRejection,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import { encodeRequest, isCompressed, requestFailure } from "./message-encoding.js";
import type { Run, Sendable, StreamCall } from "./run.js";

/** The run of a streaming call that requests are sent for. */
export interface RequestRun extends Pick<Run, "completion" | "cancel"> {
  readonly sent: Sendable & { readonly call: StreamCall };
}

type RequestIterator = AsyncIterator<unknown> | Iterator<unknown>;

const REQUESTS_FAILED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller's requests failed",
};

/** Sends the requests of a streaming call over one attempt. */
export class RequestSender {
  readonly #run: RequestRun;
  readonly #call: StreamCall;
  readonly #handle: StreamHandle;
  #iterator: RequestIterator | undefined = undefined;
  #resume: (() => void) | undefined = undefined;

  constructor(run: RequestRun, handle: StreamHandle) {
    this.#run = run;
    this.#call = run.sent.call;
    this.#handle = handle;
  }

  /** Sends the one request of a server-streaming call, which is encoded. */
  sendOne(bytes: Uint8Array, compressed: boolean): void {
    this.#write(bytes, compressed);
    this.#handle.halfClose();
  }

  /** Sends every request of the caller's iterable. What that throws cancels the run. */
  async sendAll(): Promise<void> {
    const run = this.#run;
    const call = this.#call;
    try {
      const iterator = iteratorOf(run);
      this.#iterator = iterator;
      while (run.completion === undefined) {
        const step = await iterator.next();
        if (run.completion !== undefined) return;
        if (step.done === true) break;
        call.stream.mark(call.method.redacted.request, step.value);
        if (!this.#send(step.value)) await new Promise<void>((resolve) => this.#wait(resolve));
      }
      this.#iterator = undefined;
      this.#handle.halfClose();
    } catch (error) {
      this.#iterator = undefined;
      run.cancel(REQUESTS_FAILED, error);
    }
  }

  /** The transport takes messages again. */
  drained(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** The run finished. A generator of requests that waits at a yield runs its finally blocks. */
  stop(): void {
    this.drained();
    if (this.#iterator !== undefined) close(this.#iterator);
  }

  #wait(resume: () => void): void {
    if (this.#run.completion === undefined) this.#resume = resume;
    else resume();
  }

  /**
   * Encodes and sends a request. One that cannot be encoded cancels the run. False when the
   * transport takes no more until {@link drained}.
   */
  #send(request: unknown): boolean {
    const { method, options, path, channel } = this.#call;
    let bytes: Uint8Array;
    let compressed: boolean;
    try {
      compressed = isCompressed(options, path, request);
      bytes = encodeRequest(method, request, channel.settings);
    } catch (error) {
      const { status, cause, trailers } = requestFailure(error);
      this.#run.cancel(status, cause, trailers);
      return true;
    }
    return this.#write(bytes, compressed);
  }

  #write(bytes: Uint8Array, compressed: boolean): boolean {
    this.#call.stream.touch();
    this.#call.observer?.message?.("sent", bytes.byteLength);
    return this.#handle.write(bytes, compressed);
  }
}

/** Closes an iterator of the caller's. What it throws then concerns nobody. */
function close(iterator: RequestIterator): void {
  void (async () => iterator.return?.())().catch(() => {});
}

/**
 * Iterates over the requests that a run sends. Throws a MisuseError for what cannot be iterated, or
 * can only once and was: a generator, in a call that an interceptor makes again.
 */
function iteratorOf({ sent }: RequestRun): RequestIterator {
  const { call, request } = sent;
  const requests = request as Partial<AsyncIterable<unknown> & Iterable<unknown>> | undefined;
  if (call.stream.consumedRequests !== undefined && call.stream.consumedRequests === requests)
    throw new MisuseError(
      "TW_REQUESTS_CONSUMED",
      `the requests of ${call.path} were consumed by an earlier next(); set call.request to new ones, or do not call next() again`,
    );
  const iterator = requests?.[Symbol.asyncIterator]?.() ?? requests?.[Symbol.iterator]?.();
  if (typeof iterator?.next !== "function") {
    catchRejection(iterator, () => {}); // of an iterator that is a promise
    throw new MisuseError(
      "TW_INVALID_REQUESTS",
      `the requests of a stream must be an iterable or async iterable of messages (got ${typeof request})`,
    );
  }
  if (iterator === requests) call.stream.consumedRequests = requests;
  return iterator;
}
