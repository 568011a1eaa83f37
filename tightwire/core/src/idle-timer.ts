import type { Clock, Expiring, Timer } from "./clock.js";

/**
 * How many times in an idle timeout is looked whether anything happened: silence may last a
 * sixteenth longer than the timeout, and never ends early.
 */
const LOOKS = 16;

/**
 * Calls back once nothing has happened for so long: the `idle_timeout` of a stream. A touch is one
 * assignment, since reading the clock for every message costs 5 % of a stream.
 */
export class IdleTimer implements Expiring {
  #touched = false;
  /** When something was last seen to have happened. */
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
    this.#timer = this.#lookAgain(this.#last);
  }

  /** Something happened. */
  touch(): void {
    this.#touched = true;
  }

  stop(): void {
    this.#timer.cancel();
  }

  expire(): void {
    const now = this.#clock.now();
    if (this.#touched) {
      this.#touched = false;
      this.#last = now;
    }
    if (now >= this.#last + this.#idleMs) this.#silent();
    else this.#timer = this.#lookAgain(now);
  }

  #lookAgain(now: number): Timer {
    const due = this.#last + this.#idleMs;
    return this.#clock.schedule(Math.min(due, now + this.#idleMs / LOOKS), this);
  }
}
