import { type Clock, type Timer, timerMs } from "@tightwire/core/runtime";

/** What a connection waits for with a limit of time. */
export type Wait =
  | "preface"
  | "headers"
  | "settings"
  | "keepalive"
  | "pong"
  | "drain"
  | "idle"
  | "age"
  | "stall"
  | "linger";

/**
 * The timers of one connection as one: each wait has a time by which it must be over, and a single
 * unref'ed timer is set for the nearest. To move a wait further away is an assignment; the timer
 * then fires early, once, and is set again.
 */
export class ConnectionTimers {
  readonly #due = new Map<Wait, number>();
  readonly #expired: (wait: Wait) => void;
  readonly #clock: Clock;
  #timer: Timer | undefined = undefined;
  #timerDue = Number.POSITIVE_INFINITY;

  /** `expired` is told of each wait that lasted too long, after it was forgotten. */
  constructor(clock: Clock, expired: (wait: Wait) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** From now on `wait` may last `ms`; `Infinity` for ever. */
  start(wait: Wait, ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return this.stop(wait);
    const due = this.#clock.now() + ms;
    this.#due.set(wait, due);
    if (due < this.#timerDue) this.#set(due);
  }

  stop(wait: Wait): void {
    this.#due.delete(wait);
  }

  has(wait: Wait): boolean {
    return this.#due.has(wait);
  }

  /** Forgets everything. */
  stopAll(): void {
    this.#due.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #set(due: number): void {
    this.#timer?.cancel();
    this.#timerDue = due;
    this.#timer = this.#clock.setBackgroundTimer(
      () => this.#look(),
      timerMs(Math.max(due - this.#clock.now(), 1)),
    );
  }

  #look(): void {
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const [wait, due] of [...this.#due]) {
      if (due <= now && this.#due.delete(wait)) this.#expired(wait);
    }
    const next = Math.min(...this.#due.values());
    if (next < this.#timerDue) this.#set(next);
  }
}
