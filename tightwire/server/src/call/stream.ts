import {
  type Borrowed,
  type FinalStatus,
  IdleTimer,
  type IncomingCall,
  type IncomingSink,
  MessageQueue,
  responseOf,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { ServedMethod } from "../method.js";
import { idleTimeoutPassed } from "../statuses.js";
import { cancellation } from "./cancellation.js";
import { type FinishHook, HandlerCall } from "./handler-call.js";
import { decodeRequest, wrongRequestCount } from "./request.js";
import { encodeResponse, iterateResponses } from "./response.js";

/** Carries the messages of a streaming call: many requests, many responses, or both. */
export class StreamCall implements IncomingSink, FinishHook {
  readonly kind = "accepted";
  readonly #call: HandlerCall;
  readonly #manyRequests: boolean;
  readonly #manyResponses: boolean;
  readonly #idle: IdleTimer;
  #requests: MessageQueue<unknown> | undefined = undefined;
  #received = 0;
  /** Bytes of a single request, decoded before the caller has finished sending. */
  #held = 0;
  #responses: AsyncIterator<unknown> | undefined = undefined;
  /** Settles when the iterator of the responses has ended, after the call was cancelled. */
  #returned: Promise<void> | undefined = undefined;
  #resume: (() => void) | undefined = undefined;

  constructor(incoming: IncomingCall, served: ServedMethod) {
    const { kind } = served.definition;
    this.#call = new HandlerCall(incoming, served, this);
    this.#manyRequests = kind !== "server_streaming";
    this.#manyResponses = kind !== "client_streaming";
    this.#idle = new IdleTimer(served.clock, served.idleTimeoutMs, () =>
      this.#call.finishEarly(idleTimeoutPassed(served.idleTimeoutMs)),
    );
    served.streams.add(this.#call);
  }

  /** Starts to read requests and, where they are a stream, calls the handler. */
  start(): void {
    const { incoming } = this.#call;
    if (!this.#manyRequests) {
      incoming.pull(2); // to see a second request, which is an error
      return;
    }
    this.#requests = new MessageQueue(
      (count) => incoming.pull(count),
      () => {},
      (bytes) => incoming.hold?.(bytes),
    );
    this.#call.request = this.#requests;
    void this.#call.served.runInScope(this.#call, () => this.#runHandler());
  }

  message(bytes: Borrowed): void {
    const call = this.#call;
    if (call.finished) return;
    const { definition } = call.served;
    this.#idle.touch();
    call.observer?.message?.("received", bytes.byteLength);
    const first = this.#received++ === 0;
    const request = decodeRequest(call.served, bytes, (error) => call.fail(error));
    if (call.finished) return;
    if (this.#requests !== undefined) {
      call.markRedacted("request", request);
      this.#requests.push(request, bytes.byteLength);
    } else if (first) {
      call.request = request;
      this.#held = bytes.byteLength;
      call.incoming.hold?.(this.#held);
    } else call.fail(wrongRequestCount(definition, "more"));
  }

  awaits(ended: boolean): boolean {
    return this.#requests?.awaited ?? (ended || this.#received > 0);
  }

  halfClosed(): void {
    const call = this.#call;
    if (this.#held > 0) call.incoming.hold?.(-this.#held);
    if (call.finished) return;
    if (this.#requests !== undefined) this.#requests.end();
    else if (this.#received === 0) call.fail(wrongRequestCount(call.served.definition, "none"));
    else void call.served.runInScope(call, () => this.#runHandler());
  }

  drained(): void {
    this.#idle.touch();
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  cancelled(status: Status): void {
    this.#call.cancel(status);
  }

  callFinished(status: Status): void {
    const ok = status.code === StatusNumber.OK;
    this.#idle.stop();
    this.#call.served.streams.delete(this.#call);
    // A handler that still reads requests gets the reason; a generator that waits at a yield runs
    // its finally blocks.
    this.#requests?.fail(() => cancellation(ok ? RESPONDED_EARLY : status));
    if (!ok && this.#responses !== undefined) this.#returned = returnQuietly(this.#responses);
    this.drained();
  }

  async #runHandler(): Promise<void> {
    const call = this.#call;
    const { handler, chain } = call.served;
    call.handlerRunning = true;
    try {
      // A generator is not awaited: it is the response itself, and awaiting it costs a turn.
      const response =
        chain === undefined ? handler(call.request, call) : responseOf(await chain(call));
      if (this.#manyResponses) await this.#sendAll(response);
      else this.#send(await response);
      call.finish(OK);
    } catch (thrown) {
      call.fail(thrown);
    } finally {
      call.incoming.handlerFinished();
    }
  }

  async #sendAll(responses: unknown): Promise<void> {
    const begun = iterateResponses(this.#call.served.definition, responses);
    const iterator = begun instanceof Promise ? await begun : begun;
    this.#responses = iterator;
    while (!this.#call.finished) {
      const step = await iterator.next();
      if (step.done === true || this.#call.finished) return;
      if (!this.#send(step.value))
        await new Promise<void>((resolve) => this.#resumeWhenDrained(resolve));
    }
    await (this.#returned ?? returnQuietly(iterator));
  }

  #resumeWhenDrained(resume: () => void): void {
    if (this.#call.finished) resume();
    else this.#resume = resume;
  }

  /** Returns false when the transport has enough waiting, until `drained`. */
  #send(response: unknown): boolean {
    const call = this.#call;
    if (call.finished) return true;
    call.markRedacted("response", response);
    const { definition } = call.served;
    const bytes = encodeResponse(call.served, response);
    this.#idle.touch();
    call.observer?.message?.("sent", bytes.byteLength);
    call.flushHeaders();
    return call.incoming.write(bytes, call.compress, definition.response);
  }
}

/** Ends a handler's iterator. What it then throws must not reach the transport. */
async function returnQuietly(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The call has finished; nobody waits for it.
  }
}

const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };
const RESPONDED_EARLY: Status = {
  code: StatusNumber.CANCELLED,
  message: "the call finished before all requests were read",
};
