import { type Clock, timerMs } from "@tightwire/core/runtime";
import type { InProcessHandle } from "./call.js";

/** The calls in flight of a connection or a listener. */
export class OpenCalls {
  readonly #calls = new Set<InProcessHandle>();
  #emptied: (() => void) | undefined = undefined;

  /** The calls as they are now. */
  get all(): readonly InProcessHandle[] {
    return [...this.#calls];
  }

  add(call: InProcessHandle): void {
    this.#calls.add(call);
  }

  delete(call: InProcessHandle): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#emptied?.();
  }

  /** Resolves when no call is left, or after `graceMs`. */
  whenEmpty(graceMs: number, clock: Clock): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.setTimer(resolve, timerMs(graceMs));
      this.#emptied = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
