import { AsyncLocalStorage } from "node:async_hooks";
import type { Connection, Status } from "@tightwire/core/runtime";

interface WaitingCall {
  readonly ready: (connection: Connection) => void;
  readonly failed: (status: Status) => void;
}

/** Calls that wait for a connection. Each goes on in its own context. */
export class WaitingCalls {
  readonly #calls = new Set<WaitingCall>();

  get any(): boolean {
    return this.#calls.size > 0;
  }

  /** One of the two is called, once. Returns a function that stops waiting. */
  add(ready: (connection: Connection) => void, failed: (status: Status) => void): () => void {
    const inContext = AsyncLocalStorage.snapshot();
    const call: WaitingCall = {
      ready: (connection) => inContext(ready, connection),
      failed: (status) => inContext(failed, status),
    };
    this.#calls.add(call);
    return () => void this.#calls.delete(call);
  }

  /** Gives each a connection, as long as there are any. What one does may end others. */
  serve(take: () => Connection | undefined): void {
    for (const call of this.#calls) {
      const connection = take();
      if (connection === undefined) return;
      if (this.#calls.delete(call)) call.ready(connection);
    }
  }

  /** Fails those that wait now; what they do may have others wait. */
  fail(status: Status): void {
    for (const call of [...this.#calls]) if (this.#calls.delete(call)) call.failed(status);
  }
}
