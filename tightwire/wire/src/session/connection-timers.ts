import { detach } from "@tightwire/core";
import { type Clock, type Timer, timerMs } from "@tightwire/core/runtime";

/** What a connection limits in time. */
export type TimerName =
  | "preface"
  | "headers"
  | "settings"
  | "keepalive"
  | "pong"
  | "drain"
  | "idle"
  | "age"
  | "stall"
  | "silence"
  | "suspicion"
  | "linger";

/**
 * The timers of one connection as one: each has a time at which it runs out, and a single timer of
 * the clock is set for the nearest, which does not keep the process alive. To move one further away
 * is an assignment; the clock's timer then fires early, once, and is set again.
 */
export class ConnectionTimers {
  readonly #due = new Map<TimerName, number>();
  readonly #ranOut: (name: TimerName) => void;
  readonly #clock: Clock;
  #timer: Timer | undefined = undefined;
  #timerDue = Number.POSITIVE_INFINITY;

  /** `ranOut` is told of each timer that ran out, after it was forgotten. */
  constructor(clock: Clock, ranOut: (name: TimerName) => void) {
    this.#clock = clock;
    this.#ranOut = ranOut;
  }

  /** Starts a timer, or starts it again: it runs out after `ms`; `Infinity` is never. */
  start(name: TimerName, ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return this.stop(name);
    const due = this.#clock.now() + ms;
    this.#due.set(name, due);
    if (due < this.#timerDue) this.#set(due);
  }

  stop(name: TimerName): void {
    this.#due.delete(name);
  }

  has(name: TimerName): boolean {
    return this.#due.has(name);
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
    const ms = timerMs(Math.max(due - this.#clock.now(), 1));
    // The call that sets it is not the one that what follows belongs to.
    this.#timer = detach(() => this.#clock.setBackgroundTimer(() => this.#look(), ms));
  }

  #look(): void {
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const [name, due] of [...this.#due]) {
      if (due <= now && this.#due.delete(name)) this.#ranOut(name);
    }
    const next = Math.min(...this.#due.values());
    if (next < this.#timerDue) this.#set(next);
  }
}
