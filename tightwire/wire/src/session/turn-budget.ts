import type { Clock } from "@tightwire/core/runtime";
import type { FrameBudget } from "../frames/frame-reader.js";
import { perClock } from "./per-clock.js";

/** How long a turn of the event loop may take because of the frames of a share. */
const TURN_MS = 5;
/** Frames of a turn: at first, at least and at most. */
const FIRST_FRAMES = 16;
const FEWEST_FRAMES = 4;
const MOST_FRAMES = 4_096;
/** So many are read before any is counted, and this part of a turn's between looks at the clock. */
const FREE_FRAMES = 4;
const STEP_PART = 1 / 16;

/** In so many turns what a connection has cost counts half. */
const HALF_LIFE_TURNS = 8;

/** A connection with bytes that wait for a turn. */
export interface WaitingConnection {
  /** What it costs the process, compared with others. */
  readonly costMs: number;
  /** Reads what waits as far as the budget goes, and waits again for the rest. */
  readWaiting(): void;
}

/**
 * How many frames all connections of a process may handle in one turn of the event loop. A socket
 * may give two megabytes at once, which can be tens of thousands of calls: while they are worked
 * off nobody else is heard.
 *
 * What came just now and what had to wait have a share each, which ends when its frames have taken
 * long. What comes of frames later, in promises that they settle, is not seen at once. So a share
 * has a number of frames, too, which follows how long turns take: it begins small, doubles when it
 * was used up in time, and falls when it took most of a turn that was too long.
 *
 * Of those who wait the one that costs the process least is read first, so that a connection that
 * sends little does not wait behind those that send, or are sent, much.
 */
export class TurnBudget {
  /** For what came in this turn. */
  readonly fresh: Share;
  /** For what had to wait. */
  readonly waiting: Share;
  readonly #clock: Clock;
  #turn = 0;
  #turnEnds = false;
  #startedAt = 0;
  #queue: WaitingConnection[] = [];
  #readsLater = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.fresh = new Share(clock, () => this.#beginTurn());
    this.waiting = new Share(clock, () => this.#beginTurn());
  }

  /** Has a connection read in a turn to come. */
  wait(connection: WaitingConnection): void {
    this.#queue.push(connection);
    if (this.#readsLater) return;
    this.#readsLater = true;
    this.#clock.nextTurn(this.#readWaiting);
  }

  /** How much of a cost counts after turns: `since` is when it was counted, as {@link turn}. */
  remainder(since: number): number {
    return 2 ** ((since - this.#turn) / HALF_LIFE_TURNS);
  }

  /** Counts turns of the event loop in which frames were handled. */
  get turn(): number {
    return this.#turn;
  }

  readonly #readWaiting = (): void => {
    this.#readsLater = false;
    const waiting = this.#queue.map((connection) => ({ connection, costMs: connection.costMs }));
    waiting.sort((one, other) => one.costMs - other.costMs);
    this.#queue = [];
    for (const { connection } of waiting)
      if (this.waiting.isUsedUp) this.wait(connection);
      else connection.readWaiting();
  };

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
    this.#turn++;
    this.#turnEnds = false;
    for (const share of [fresh, waiting]) share.endTurn(tookMs, share.used === most);
  };
}

/** One share of the budget. */
class Share implements FrameBudget {
  left: number = FREE_FRAMES;
  used = 0;
  #most = FIRST_FRAMES;
  #isUsedUp = false;
  #startedAt = 0;
  readonly #clock: Clock;
  readonly #begun: () => void;

  constructor(clock: Clock, begun: () => void) {
    this.#clock = clock;
    this.#begun = begun;
  }

  /** Whether nothing is left of this turn's. */
  get isUsedUp(): boolean {
    return this.#isUsedUp;
  }

  more(): boolean {
    if (this.#isUsedUp) return false;
    const now = this.#clock.now();
    if (this.used === 0) {
      this.#begun();
      this.#startedAt = now;
    } else if (this.used >= this.#most || now - this.#startedAt >= TURN_MS) {
      this.#isUsedUp = true;
      return false;
    }
    this.left = Math.ceil(this.#most * STEP_PART);
    this.used += this.left;
    return true;
  }

  /** `isLargest`: it took most of the turn. */
  endTurn(tookMs: number, isLargest: boolean): void {
    if (tookMs <= TURN_MS) {
      if (this.used >= this.#most) this.#most = Math.min(MOST_FRAMES, this.#most * 2);
    } else if (isLargest)
      this.#most = Math.max(FEWEST_FRAMES, Math.floor((this.used * TURN_MS) / tookMs));
    this.used = 0;
    this.left = FREE_FRAMES;
    this.#isUsedUp = false;
  }
}

/** The budget of all connections that run by this clock. */
export const turnBudgetOf: (clock: Clock) => TurnBudget = perClock(
  (clock) => new TurnBudget(clock),
);
