import type { Clock, Expiring, Timer } from "./clock.js";

/**
 * Calls back once nothing has happened for so long: the `idle_timeout` of a stream. A touch is one
 * assignment; the timer is set anew only when it fires early.
 */
export class IdleTimer implements Expiring {
  #last: number;
  #timer: Timer;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #silent: () => void;

  /** `Infinity` never expires. */
  constructor(clock: Clock, idleMs: number, silent: () => void) {
    this.#clock = clock;
    this.#last = clock.now();
    this.#idleMs = idleMs;
    this.#silent = silent;
    this.#timer = this.#clock.schedule(this.#last + idleMs, this);
  }

  /** Something happened. */
  touch(): void {
    this.#last = this.#clock.now();
  }

  stop(): void {
    this.#timer.cancel();
  }

  expire(): void {
    const due = this.#last + this.#idleMs;
    if (this.#clock.now() >= due) this.#silent();
    else this.#timer = this.#clock.schedule(due, this);
  }
}
