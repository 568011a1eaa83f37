import type { Clock } from "@tightwire/core/runtime";

/** Of so many flushes one is looked at: whether more follow in its turn of the event loop. */
const SAMPLE = 16;
/** Gathering ends after so many turns with one flush each. */
const LONE_TURNS = 8;

/**
 * When a connection's output is flushed: when the code that runs now, with the promises that it
 * settles, is done, so that a single call waits for nothing.
 *
 * Where calls come from many sockets (a gateway's callers, a pool of database connections), each
 * event would be a flush, and a system call, of its own. So when turns of the event loop are found
 * to have several flushes, only the first of a turn is made at once; what is written after it goes
 * out together at the end of the turn, after the events that came with it.
 */
export class FlushSchedule {
  /** Whether a flush is to come. */
  pending = false;
  readonly #clock: Clock;
  readonly #flush: () => void;
  #gathers = false;
  /** Whether the end of this turn is waited for. */
  #turnOpen = false;
  /** Whether something was written in this turn after its first flush. */
  #again = false;
  #flushes = 0;
  #loneTurns = 0;

  constructor(clock: Clock, flush: () => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  /** Something was written. */
  request(): void {
    if (this.pending) return;
    this.pending = true;
    if (this.#turnOpen) {
      this.#again = true;
      if (this.#gathers) return;
    }
    this.#clock.nextTick(this.#now);
  }

  readonly #now = (): void => {
    this.pending = false;
    this.#flush();
    if (this.#turnOpen) return;
    if (!this.#gathers && ++this.#flushes % SAMPLE !== 0) return;
    this.#turnOpen = true;
    this.#again = false;
    this.#clock.nextTurn(this.#endTurn);
  };

  readonly #endTurn = (): void => {
    this.#turnOpen = false;
    if (!this.#again) {
      if (this.#gathers && ++this.#loneTurns >= LONE_TURNS) this.#gathers = false;
      return;
    }
    this.#loneTurns = 0;
    if (!this.#gathers) this.#gathers = true;
    else {
      this.pending = false;
      this.#flush();
    }
  };
}
