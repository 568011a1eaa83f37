import {
  type Borrowed,
  type IncomingCall,
  type IncomingSink,
  responseOf,
  type Status,
} from "@tightwire/core/runtime";
import type { ServedMethod } from "../method.js";
import { HandlerCall } from "./handler-call.js";
import { decodeRequest, wrongRequestCount } from "./request.js";
import { encodeResponse } from "./response.js";

/** Carries the messages of a unary call: one request, one response. The fast path. */
export class UnaryCall implements IncomingSink {
  readonly kind = "accepted";
  readonly #call: HandlerCall;
  #received = 0;
  /** Bytes of the request, decoded before the caller has finished sending. */
  #held = 0;

  constructor(incoming: IncomingCall, served: ServedMethod) {
    // A unary call is short: nothing tells it that the server drains, and nothing waits for it
    // here.
    this.#call = new HandlerCall(incoming, served, undefined);
  }

  start(): void {
    this.#call.incoming.pull(2); // to see a second request, which is an error
  }

  message(bytes: Borrowed): void {
    const call = this.#call;
    const { definition } = call.served;
    call.observer?.message?.("received", bytes.byteLength);
    if (this.#received++ === 0) {
      this.#held = bytes.byteLength;
      call.incoming.hold?.(this.#held);
      call.request = decodeRequest(call.served, bytes, (error) => call.fail(error));
    } else call.fail(wrongRequestCount(definition, "more"));
  }

  /** Nobody needs the request before the caller has finished; a second one is a fault. */
  awaits(ended: boolean): boolean {
    return ended || this.#received > 0;
  }

  halfClosed(): void {
    const call = this.#call;
    call.incoming.hold?.(-this.#held);
    if (call.finished) return;
    if (this.#received === 0) call.fail(wrongRequestCount(call.served.definition, "none"));
    else call.served.runInScope(call, () => this.#runHandler());
  }

  drained(): void {}

  cancelled(status: Status): void {
    this.#call.cancel(status);
  }

  /**
   * Two callbacks instead of an async function save a promise a call; promises are expensive under
   * AsyncLocalStorage.
   */
  #runHandler(): void {
    const call = this.#call;
    const { handler, chain } = call.served;
    call.handlerRunning = true;
    try {
      const response =
        chain === undefined
          ? handler(call.request, call)
          : Promise.resolve(chain(call)).then(responseOf);
      Promise.resolve(response).then(
        (value) => this.#respond(value),
        (thrown) => this.#fail(thrown),
      );
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #respond(response: unknown): void {
    const call = this.#call;
    try {
      if (!call.finished) {
        const bytes = this.#encode(response);
        call.observer?.message?.("sent", bytes.byteLength);
        call.respond(bytes);
      }
    } catch (thrown) {
      call.fail(thrown);
    } finally {
      call.incoming.handlerFinished();
    }
  }

  #fail(thrown: unknown): void {
    try {
      this.#call.fail(thrown);
    } finally {
      this.#call.incoming.handlerFinished();
    }
  }

  #encode(response: unknown): Uint8Array {
    try {
      return encodeResponse(this.#call.served, response);
    } catch (error) {
      // The error may quote it.
      if (response !== undefined && response !== null)
        this.#call.markRedacted("response", response);
      throw error;
    }
  }
}
