import type { InterceptorNext } from "@tightwire/core";
import { catchRejection, responseOf, type Status, StatusNumber } from "@tightwire/core/runtime";
import { failIntercepted } from "./interceptors.js";
import type { StreamCall } from "./run.js";
import { runOf } from "./stream-run.js";

type Step = IteratorResult<unknown, undefined>;

const DONE: Step = { done: true, value: undefined };
const STOPPED_READING: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller stopped reading",
};

/**
 * The responses of a streaming call that goes through interceptors. The call is made before anybody
 * reads them. It finishes with the run whose responses these are; or, when an interceptor wrapped
 * them, as the wrapper does. Its deadline and cancellation fail it while interceptors hang, too.
 */
export class InterceptedResponses implements AsyncIterableIterator<unknown> {
  readonly #call: StreamCall;
  readonly #iterator: Promise<AsyncIterator<unknown>>;
  /** The iterator, once the interceptors returned it. */
  #opened: AsyncIterator<unknown> | undefined = undefined;
  /** Fail what waits for interceptors. */
  readonly #waiting: Set<() => void> = new Set();
  /** Whether a run decides how the call finishes: its own queue then has the error. */
  #adopted = false;
  #done = false;

  constructor(call: StreamCall, chain: InterceptorNext) {
    this.#call = call;
    this.#iterator = this.#begin(chain);
    // Whoever reads gets it; until then it must not count as unhandled.
    this.#iterator.catch(() => {});
  }

  async next(): Promise<Step> {
    const call = this.#call;
    if (this.#done) return DONE;
    try {
      const iterator = this.#opened ?? (await this.#unlessFailed(this.#iterator));
      const step = this.#adopted
        ? await iterator.next()
        : await this.#unlessFailed(iterator.next());
      if (step.done !== true) return step;
      this.#done = true;
      call.interception.respond(call, undefined);
      return DONE;
    } catch (thrown) {
      if (this.#done) return DONE;
      this.#done = true;
      throw failIntercepted(call, thrown);
    }
  }

  return(): Promise<Step> {
    this.#done = true;
    this.#call.cancel(STOPPED_READING);
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #begin(chain: InterceptorNext): Promise<AsyncIterator<unknown>> {
    const call = this.#call;
    if (!call.start(() => this.#finished())) throw call.failure();
    try {
      const response = responseOf(await chain(call));
      const iterator = (response as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      this.#adopt(response);
      if (this.#failed) close(iterator);
      else this.#opened = iterator;
      return iterator;
    } catch (thrown) {
      throw failIntercepted(call, thrown);
    }
  }

  /** When no interceptor wrapped the responses of a run, the call finishes as that run. */
  #adopt(response: unknown): void {
    const run = runOf(response);
    if (run === undefined || this.#call.finishing) return;
    this.#adopted = true;
    run.decides = true;
    if (run.completion !== undefined) this.#call.runFinished(run, run.completion);
  }

  /** The call finished. What waits for interceptors fails, and what they return is closed. */
  #finished(): void {
    if (!this.#failed) return;
    for (const fail of this.#waiting) fail();
    if (this.#opened !== undefined) close(this.#opened);
  }

  /** `promise`, or the failure of the call if that comes first. */
  #unlessFailed<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(this.#call.failure());
      if (this.#failed) fail();
      else this.#waiting.add(fail);
      Promise.resolve(promise).then(
        (value) => {
          this.#waiting.delete(fail);
          resolve(value);
        },
        (thrown: unknown) => {
          this.#waiting.delete(fail);
          reject(thrown);
        },
      );
    });
  }

  get #failed(): boolean {
    const { completion } = this.#call;
    return !this.#adopted && completion !== undefined && completion.code !== StatusNumber.OK;
  }
}

/** Closes the iterator of an interceptor's view. What that throws concerns nobody. */
function close(iterator: AsyncIterator<unknown>): void {
  try {
    catchRejection(iterator.return?.(), () => {});
  } catch {
    // As above.
  }
}
