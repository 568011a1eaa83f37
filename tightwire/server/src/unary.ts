import { RpcError } from "@tightwire/core";
import { type Borrowed, runInScope } from "@tightwire/core/runtime";
import { decodeRequest } from "./decode-request.js";
import { HandlerCall } from "./handler-call.js";

/** The straight path: one message in, one out. */
export class UnaryCall extends HandlerCall {
  #received = 0;
  #draining: AbortSignal | undefined = undefined;

  /**
   * A unary call is short enough to end by itself: it is never told. A signal of its own all the
   * same, so that whoever listens to it goes with the call.
   */
  get draining(): AbortSignal {
    this.#draining ??= new AbortController().signal;
    return this.#draining;
  }

  override start(): void {
    this.incoming.pull(2); // a second message is a fault, and is to be seen
  }

  override message(bytes: Borrowed, compressed = false): void {
    this.observer?.message?.("received", bytes.byteLength);
    if (this.#received++ === 0)
      this.request = decodeRequest(this.served.definition, bytes, compressed, (error) =>
        this.fail(error),
      );
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
    if (this.#received === 0)
      this.fail(
        new RpcError(
          "unimplemented",
          `${this.served.definition.path} takes one message, and none came`,
        ),
      );
    else runInScope(this, () => this.#answer());
  }

  override drained(): void {}

  /**
   * Two callbacks rather than an async function: a promise less a call, and each costs more under
   * AsyncLocalStorage.
   */
  #answer(): void {
    const { handler, chain } = this.served;
    this.running = true;
    try {
      const response =
        chain === undefined
          ? handler(this.request, this)
          : chain(this).then((reply) => reply.response);
      Promise.resolve(response).then(
        (answer) => this.#answered(answer),
        (thrown) => this.#failed(thrown),
      );
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #answered(response: unknown): void {
    try {
      if (!this.ended) {
        const bytes = this.#encode(response);
        this.observer?.message?.("sent", bytes.byteLength);
        this.reply(bytes);
      }
    } catch (thrown) {
      this.fail(thrown);
    } finally {
      this.incoming.handlerFinished();
    }
  }

  #failed(thrown: unknown): void {
    try {
      this.fail(thrown);
    } finally {
      this.incoming.handlerFinished();
    }
  }

  #encode(response: unknown): Uint8Array {
    try {
      return this.served.definition.response.encode(response);
    } catch (error) {
      this.mark("response", response); // what cannot be encoded may be quoted
      throw error;
    }
  }
}
