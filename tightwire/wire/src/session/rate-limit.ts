import type { Clock } from "@tightwire/core/runtime";

/**
 * How often a peer may do something that costs it nothing and us something: so many a second on
 * average, and twice as many at once. A bucket that fills with time.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #filledAt: number;

  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#perMs = perSecond / 1_000;
    this.#most = perSecond * 2;
    this.#left = this.#most;
    this.#filledAt = this.#clock.now();
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    this.#fill();
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Takes as many as something has cost, more than there are, too: then there is a wait. */
  spend(count: number): void {
    this.#fill();
    this.#left -= count;
  }

  /** Milliseconds until one can be taken again; 0 when one can. */
  get waitMs(): number {
    this.#fill();
    return this.#left < 1 ? (1 - this.#left) / this.#perMs : 0;
  }

  /** Gives one back: the peer did something that makes up for one. */
  give(): void {
    if (this.#left < this.#most) this.#left++;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
