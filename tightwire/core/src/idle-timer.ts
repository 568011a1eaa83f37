import { type Expiring, schedule, type Timer } from "./timer.js";

/**
 * Calls back once nothing has happened for so long: the `idle_timeout` of a stream. A touch is one
 * assignment; the timer is set anew only when it fires early.
 */
export class IdleTimer implements Expiring {
  #last = performance.now();
  #timer: Timer;
  readonly #idleMs: number;
  readonly #silent: () => void;

  /** `Infinity` never expires. */
  constructor(idleMs: number, silent: () => void) {
    this.#idleMs = idleMs;
    this.#silent = silent;
    this.#timer = schedule(this.#last + idleMs, this);
  }

  /** Something happened. */
  touch(): void {
    this.#last = performance.now();
  }

  stop(): void {
    this.#timer.cancel();
  }

  expire(): void {
    const due = this.#last + this.#idleMs;
    if (performance.now() >= due) this.#silent();
    else this.#timer = schedule(due, this);
  }
}
