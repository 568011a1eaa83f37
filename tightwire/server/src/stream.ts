import { RpcError } from "@tightwire/core";
import {
  type Borrowed,
  IdleTimer,
  type IncomingCall,
  MessageQueue,
  runInScope,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { decodeRequest } from "./decode-request.js";
import { cancellation, HandlerCall } from "./handler-call.js";
import type { ServedMethod } from "./method.js";

/** A call with a stream on either side or both. */
export class StreamCall extends HandlerCall {
  readonly #manyRequests: boolean;
  readonly #manyResponses: boolean;
  readonly #idle: IdleTimer;
  #requests: MessageQueue<unknown> | undefined = undefined;
  #received = 0;
  #responses: AsyncIterator<unknown> | undefined = undefined;
  #resume: (() => void) | undefined = undefined;
  #drain: AbortController | undefined = undefined;
  #drainingNow = false;

  constructor(incoming: IncomingCall, served: ServedMethod) {
    super(incoming, served);
    const { kind } = served.definition;
    this.#manyRequests = kind !== "server_streaming";
    this.#manyResponses = kind !== "client_streaming";
    this.#idle = new IdleTimer(served.clock, served.idleTimeoutMs, () => this.#expireIdle());
    served.streams.add(this);
  }

  /** Begins to read and, where the requests are a stream, to answer. */
  override start(): void {
    if (!this.#manyRequests) {
      this.incoming.pull(2); // a second one is a fault, and is to be seen
      return;
    }
    this.#requests = new MessageQueue(
      (count) => this.incoming.pull(count),
      () => {},
    );
    this.request = this.#requests;
    void runInScope(this, () => this.#answer());
  }

  get draining(): AbortSignal {
    if (this.#drain === undefined) {
      this.#drain = new AbortController();
      if (this.#drainingNow) this.#drain.abort(DRAINING_ERROR());
    }
    return this.#drain.signal;
  }

  /**
   * The server stops: a handler that listens for it may end by itself, any other stream ends now.
   */
  tellDraining(): void {
    this.#drainingNow = true;
    if (this.#drain === undefined) this.abandon(DRAINING);
    else this.#drain.abort(DRAINING_ERROR());
  }

  override message(bytes: Borrowed, compressed = false): void {
    if (this.ended) return;
    this.#idle.touch();
    this.observer?.message?.("received", bytes.byteLength);
    const first = this.#received++ === 0;
    const request = decodeRequest(this.served.definition, bytes, compressed, (error) =>
      this.fail(error),
    );
    if (this.ended) return;
    if (this.#requests !== undefined) {
      this.mark("request", request);
      this.#requests.push(request, bytes.byteLength);
    } else if (first) this.request = request;
    else
      this.fail(
        new RpcError(
          "unimplemented",
          `${this.served.definition.path} takes one message, and more came`,
        ),
      );
  }

  override halfClosed(): void {
    if (this.ended) return;
    if (this.#requests !== undefined) this.#requests.end();
    else if (this.#received === 0)
      this.fail(
        new RpcError(
          "unimplemented",
          `${this.served.definition.path} takes one message, and none came`,
        ),
      );
    else void runInScope(this, () => this.#answer());
  }

  override drained(): void {
    this.#idle.touch();
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  protected override over(end: Status, trailers: Parameters<HandlerCall["over"]>[1]): void {
    super.over(end, trailers);
    this.#idle.stop();
    this.served.streams.delete(this);
    // A reader of requests that is still there is told why; a generator that waits at a yield runs
    // its finally blocks.
    this.#requests?.fail(cancellation(end.code === StatusNumber.OK ? ANSWERED : end));
    if (end.code !== StatusNumber.OK && this.#responses !== undefined) leave(this.#responses);
    this.drained();
  }

  async #answer(): Promise<void> {
    const { handler, chain } = this.served;
    this.running = true;
    try {
      // A generator is not awaited: awaiting costs a turn, and it is the answer itself.
      const response =
        chain === undefined ? handler(this.request, this) : (await chain(this)).response;
      if (this.#manyResponses) await this.#sendAll(response as AsyncIterable<unknown>);
      else this.#send(await response);
      this.finish(OK);
    } catch (thrown) {
      this.fail(thrown);
    } finally {
      this.incoming.handlerFinished();
    }
  }

  async #sendAll(responses: AsyncIterable<unknown>): Promise<void> {
    const iterator = responses[Symbol.asyncIterator]();
    this.#responses = iterator;
    while (!this.ended) {
      const step = await iterator.next();
      if (step.done === true || this.ended) return;
      if (!this.#send(step.value)) await new Promise<void>((resolve) => this.#waitFor(resolve));
    }
    await iterator.return?.();
  }

  #waitFor(resume: () => void): void {
    if (this.ended) resume();
    else this.#resume = resume;
  }

  /** False when the transport has enough waiting. */
  #send(response: unknown): boolean {
    if (this.ended) return true;
    this.mark("response", response);
    const bytes = this.served.definition.response.encode(response);
    this.#idle.touch();
    this.observer?.message?.("sent", bytes.byteLength);
    this.flushHeaders();
    return this.incoming.write(bytes, this.compress);
  }

  #expireIdle(): void {
    const text = `the stream was silent for ${this.served.idleTimeoutMs} ms, its idle timeout`;
    this.abandon({ code: StatusNumber.DEADLINE_EXCEEDED, message: text });
  }
}

/**
 * What an iterator of the handler's does when it is left is its own affair: nothing of it may reach
 * the transport that ended the call.
 */
function leave(iterator: AsyncIterator<unknown>): void {
  void (async () => iterator.return?.())().catch(() => {});
}

const OK = { code: StatusNumber.OK, message: "", trailers: undefined };
const ANSWERED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the call was answered before all its requests were read",
};
const DRAINING: Status = { code: StatusNumber.UNAVAILABLE, message: "the server is shutting down" };
const DRAINING_ERROR = (): RpcError => cancellation(DRAINING);
