import type { Clock } from "@tightwire/core/runtime";
import type { FrameBudget } from "../frames/frame-reader.js";
import { perClock } from "./per-clock.js";

/** Frames that are counted together. */
const STEP_FRAMES = 4;
/** How long a turn of the event loop may take because of frames. */
const TURN_MS = 10;
/** Frames of a turn: at first, at least and at most. */
const FIRST_FRAMES = 16;
const FEWEST_FRAMES = 4;
const MOST_FRAMES = 4_096;

/**
 * How many frames all connections of a process may handle in one turn of the event loop. A socket
 * may give two megabytes at once, which can be tens of thousands of calls: while they are worked
 * off nobody else is heard.
 *
 * What came just now and what had to wait have a share each, so that a connection that sends little
 * does not wait behind those that send much. A share follows how long turns take: it begins small,
 * doubles when it was used up in time, and falls when it took most of a turn that was too long.
 */
export class TurnBudget {
  /** For what came in this turn. */
  readonly fresh: Share;
  /** For what had to wait. */
  readonly waiting: Share;
  readonly #clock: Clock;
  #turnEnds = false;
  #startedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.fresh = new Share(() => this.#beginTurn());
    this.waiting = new Share(() => this.#beginTurn());
  }

  #beginTurn(): void {
    if (this.#turnEnds) return;
    this.#turnEnds = true;
    this.#startedAt = this.#clock.now();
    this.#clock.nextTurn(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    const { fresh, waiting } = this;
    const tookMs = this.#clock.now() - this.#startedAt;
    const most = Math.max(fresh.used, waiting.used);
    this.#turnEnds = false;
    for (const share of [fresh, waiting]) share.endTurn(tookMs, share.used === most);
  };
}

/** One share of the budget. */
class Share implements FrameBudget {
  left: number = STEP_FRAMES;
  used = 0;
  #most = FIRST_FRAMES;
  readonly #begun: () => void;

  constructor(begun: () => void) {
    this.#begun = begun;
  }

  more(): boolean {
    this.#begun();
    if (this.used >= this.#most) return false;
    this.used += STEP_FRAMES;
    this.left = STEP_FRAMES;
    return true;
  }

  /** `isLargest`: it took most of the turn. */
  endTurn(tookMs: number, isLargest: boolean): void {
    if (tookMs <= TURN_MS) {
      if (this.used >= this.#most) this.#most = Math.min(MOST_FRAMES, this.#most * 2);
    } else if (isLargest)
      this.#most = Math.max(FEWEST_FRAMES, Math.floor((this.used * TURN_MS) / tookMs));
    this.used = 0;
    this.left = STEP_FRAMES;
  }
}

/** The budget of all connections that run by this clock. */
export const turnBudgetOf: (clock: Clock) => TurnBudget = perClock(
  (clock) => new TurnBudget(clock),
);
