import {
  type CallHandle,
  type Completion,
  type Connection,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { Attempt } from "./attempt.js";
import type { ClientCall } from "./client-call.js";
import { undecodable } from "./message-encoding.js";

/** One try of a unary call. */
export class UnaryAttempt implements Attempt, UnarySink {
  readonly #call: ClientCall;
  readonly #request: Uint8Array;
  readonly #finished: (call: ClientCall) => void;
  #handle: CallHandle | undefined = undefined;

  constructor(call: ClientCall, request: Uint8Array, finished: (call: ClientCall) => void) {
    this.#call = call;
    this.#request = request;
    this.#finished = finished;
  }

  send(connection: Connection): void {
    const call = this.#call;
    call.observer?.message?.("sent", this.#request.byteLength);
    const handle = connection.unary(call, this.#request, this);
    // A handler in this process has already run, and may have finished the call.
    if (call.completion === undefined) this.#handle = handle;
    else handle.cancel(call.completion);
  }

  cancel(status: Status): boolean {
    if (this.#handle === undefined) return false;
    this.#handle.cancel(status);
    return true;
  }

  runFinished(): void {
    this.#finished(this.#call);
  }

  finished(completion: Completion, message: Uint8Array | undefined): void {
    const call = this.#call;
    this.#handle = undefined;
    if (completion.code !== StatusNumber.OK) return call.attemptFailed(completion);
    try {
      call.response = call.method.response.decode(message as Uint8Array);
      call.observer?.message?.("received", (message as Uint8Array).byteLength);
      call.finish(completion);
    } catch (error) {
      call.finish(undecodable(call.method, completion, error));
    }
  }
}
