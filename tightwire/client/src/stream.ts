import { type CallOptions, type MethodDefinition, RpcError } from "@tightwire/core";
import {
  type Borrowed,
  type Completion,
  type Connection,
  DEFAULT_IDLE_TIMEOUT_MS,
  IdleTimer,
  MessageQueue,
  noteCompressed,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import type { OpenChannel } from "./channel.js";
import { ClientCall } from "./client-call.js";
import { encodeRequest, undecodable } from "./unary.js";

/**
 * A call with a stream on either side or both. Its answers are read from {@link responses}; its end
 * is the end of them.
 */
export class StreamClientCall extends ClientCall implements ResponseSink {
  readonly responses: MessageQueue<unknown>;
  readonly #manyRequests: boolean;
  #handle: StreamHandle | undefined = undefined;
  #idle: IdleTimer | undefined = undefined;
  #resume: (() => void) | undefined = undefined;
  #requests: AsyncIterator<unknown> | Iterator<unknown> | undefined = undefined;
  #answered = false;
  #whenAnswered: (() => void) | undefined = undefined;
  #owed = 0;
  #compressNext = false;
  /** What the caller's own request iterable threw. */
  requestError: unknown = undefined;

  constructor(
    method: MethodDefinition,
    channel: OpenChannel,
    request: unknown,
    options: CallOptions,
  ) {
    super(method, channel, options);
    this.request = request;
    this.#manyRequests = method.kind !== "server_streaming";
    this.responses = new MessageQueue(
      (count) => this.#pull(count),
      () => this.cancel({ code: StatusNumber.CANCELLED, message: "the caller stopped reading" }),
    );
  }

  /** Sends the call; the answer arrives in {@link responses}. */
  run(): void {
    if (this.end !== undefined) return; // left before its interceptors let it go
    if (this.#idle === undefined) this.#startReading();
    this.begin();
  }

  /**
   * Resolves when the peer begins to answer, the call is over, or the attempt is and is to be made
   * again.
   */
  answered(): Promise<void> {
    if (this.#answered || this.end !== undefined || this.unprocessed !== undefined)
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenAnswered = resolve;
    });
  }

  #startReading(): void {
    const idleMs =
      this.options.idleTimeoutMs ?? this.method.policy.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS;
    this.#idle = new IdleTimer(this.channel.settings.clock, idleMs, () => this.#expireIdle(idleMs));
    this.responses.start();
  }

  headers(metadata: Parameters<ResponseSink["headers"]>[0]): void {
    this.#noteAnswer();
    this.#idle?.touch();
    this.options.onHeaders?.(metadata);
  }

  message(bytes: Borrowed, compressed?: boolean): void {
    this.#noteAnswer();
    this.#owed--;
    this.#idle?.touch();
    this.observer?.message?.("received", bytes.byteLength);
    try {
      const response = this.method.response.decode(bytes);
      this.mark("response", response);
      if (compressed === true) noteCompressed(response);
      this.responses.push(response, bytes.byteLength);
    } catch (error) {
      const { code, message: text } = undecodable(
        this.method,
        { headers: undefined, trailers: undefined },
        error,
      );
      this.cancel({ code, message: text });
    }
  }

  drained(): void {
    this.#idle?.touch();
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  finished(end: Completion): void {
    this.#handle = undefined;
    if (
      end.code !== StatusNumber.OK &&
      !this.#manyRequests &&
      !this.#answered &&
      this.end === undefined &&
      this.resend(end)
    )
      return;
    this.finish(end);
  }

  protected override dispatch(connection: Connection): void {
    const handle = connection.stream(this, this);
    this.#handle = handle;
    if (this.#owed > 0) handle.pull(this.#owed);
    if (this.#manyRequests) void this.#sendAll(handle);
    else {
      this.#write(handle, this.request);
      handle.halfClose();
    }
  }

  protected override cancel(cause: Status): void {
    if (this.#handle === undefined) this.finishLocally(cause);
    else this.#handle.cancel(cause);
  }

  #noteAnswer(): void {
    this.#answered = true;
    this.#whenAnswered?.();
  }

  protected override leaveAttempt(): void {
    this.#whenAnswered?.();
  }

  protected override settle(end: Completion): void {
    this.#whenAnswered?.();
    this.#idle?.stop();
    if (end.code === StatusNumber.OK) this.responses.end();
    else
      this.responses.end(
        RpcError.fromCompletion(end, this.path, this.requestError ?? this.abortReason),
      );
    this.drained();
    // A generator of requests that waits at a yield runs its finally blocks.
    if (this.#requests !== undefined) leave(this.#requests);
  }

  #pull(count: number): void {
    this.#owed += count;
    this.#handle?.pull(count);
  }

  async #sendAll(handle: StreamHandle): Promise<void> {
    try {
      const iterator = iteratorOf(this.request);
      this.#requests = iterator;
      while (this.end === undefined) {
        const step = await iterator.next();
        if (this.end !== undefined) return;
        if (step.done === true) break;
        if (!this.#write(handle, step.value))
          await new Promise<void>((resolve) => this.#waitFor(resolve));
      }
      this.#requests = undefined;
      handle.halfClose();
    } catch (error) {
      this.requestError = error;
      this.#requests = undefined;
      this.cancel({
        code: StatusNumber.CANCELLED,
        message: "the requests of the call failed on the caller's side",
      });
    }
  }

  #waitFor(resume: () => void): void {
    if (this.end === undefined) this.#resume = resume;
    else resume();
  }

  #write(handle: StreamHandle, request: unknown): boolean {
    if (this.#manyRequests) this.mark("request", request);
    const bytes = this.#encode(request);
    if (bytes === undefined) return true;
    this.#idle?.touch();
    this.observer?.message?.("sent", bytes.byteLength);
    return handle.write(bytes, this.#compressNext);
  }

  /** Undefined when it is no such message, which has then ended the call. */
  #encode(request: unknown): Uint8Array | undefined {
    try {
      this.#compressNext = this.compresses(request);
      return encodeRequest(this.method, request);
    } catch (error) {
      const { message, cause } = error as Error;
      this.requestError = cause;
      this.cancel({ code: StatusNumber.INTERNAL, message: message });
      return undefined;
    }
  }

  #expireIdle(idleMs: number): void {
    this.cancel({
      code: StatusNumber.DEADLINE_EXCEEDED,
      message: `the stream was silent for ${idleMs} ms, its idle timeout`,
    });
  }
}

/** What an iterator of the caller's does when it is left is its own affair. */
function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): void {
  void (async () => iterator.return?.())().catch(() => {});
}

function iteratorOf(requests: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  const iterable = requests as Partial<AsyncIterable<unknown>> & Partial<Iterable<unknown>>;
  const iterator = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.();
  if (iterator === undefined)
    throw new TypeError(
      "the requests of a stream are an iterable or an async iterable of messages",
    );
  return iterator;
}
