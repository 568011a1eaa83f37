import type { Clock } from "@tightwire/core/runtime";
import type { FrameBudget } from "../frames/frame-reader.js";
import { perClock } from "./per-clock.js";

/**
 * How long a turn of the event loop may take because of the frames of a share. Clients read what
 * they asked for: with turns as short as a server's, large responses that come together are decoded
 * later, and outlive a collection.
 */
const TURN_MS = { server: 10, client: 50 } as const;
/** How long it may take while only one connection is read: no other waits for it. */
const LONE_TURN_MS = 100;
/** For so long after another connection was read, none is the only one. */
const SHARED_MS = 1_000;
/** Frames of a turn: at first, at least and at most. */
const FIRST_FRAMES = 16;
const FEWEST_FRAMES = 4;
const MOST_FRAMES = 4_096;
/** Frames between two looks at the clock: as many while turns are short, one when one was long. */
const MOST_STEP_FRAMES = 8;

/** After so many turns what a connection has cost counts half. */
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
  readonly #turnMs: number;
  #turn = 0;
  #turnEnds = false;
  #startedAt = 0;
  #connections = 0;
  /** Which connection was read last, and whether another was before it since a turn began. */
  #readLast = 0;
  #readAnother = false;
  #sharedUntil = 0;
  #queue: WaitingConnection[] = [];
  #readsLater = false;

  constructor(clock: Clock, turnMs: number) {
    this.#clock = clock;
    this.#turnMs = turnMs;
    this.fresh = new Share(clock, this);
    this.waiting = new Share(clock, this);
  }

  /** Gives a connection its number. */
  join(): number {
    return ++this.#connections;
  }

  /** The connection of this number is read now. */
  reads(connection: number): void {
    if (connection === this.#readLast) return;
    this.#readAnother ||= this.#readLast !== 0;
    this.#readLast = connection;
  }

  /** Has a connection read in a turn to come. */
  wait(connection: WaitingConnection): void {
    this.#queue.push(connection);
    if (this.#readsLater) return;
    this.#readsLater = true;
    this.#clock.nextTurn(this.#readWaiting);
  }

  /** How often what a connection has cost was halved. */
  get halvings(): number {
    return Math.floor(this.#turn / HALF_LIFE_TURNS);
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

  /** How long a share of this turn may take. */
  get turnMs(): number {
    const shared = this.#readAnother || this.#startedAt < this.#sharedUntil;
    return shared ? this.#turnMs : LONE_TURN_MS;
  }

  /** A share is used, for the first time in this turn. */
  begin(now: number): void {
    if (this.#turnEnds) return;
    this.#turnEnds = true;
    this.#startedAt = now;
    this.#clock.nextTurn(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    const { fresh, waiting } = this;
    const tookMs = this.#clock.now() - this.#startedAt;
    const most = Math.max(fresh.used, waiting.used);
    for (const share of [fresh, waiting]) share.endTurn(tookMs, share.used === most);
    if (this.#readAnother) this.#sharedUntil = this.#startedAt + SHARED_MS;
    this.#readAnother = false;
    this.#turn++;
    this.#turnEnds = false;
  };
}

/** One share of the budget. */
class Share implements FrameBudget {
  left = 1;
  used = 0;
  isUsedUp = false;
  #step = 1;
  #most = FIRST_FRAMES;
  #startedAt = 0;
  readonly #clock: Clock;
  readonly #budget: TurnBudget;

  constructor(clock: Clock, budget: TurnBudget) {
    this.#clock = clock;
    this.#budget = budget;
  }

  more(): boolean {
    if (this.isUsedUp) return false;
    const now = this.#clock.now();
    if (this.used === 0) {
      this.#budget.begin(now);
      this.#startedAt = now;
    } else if (this.used >= this.#most || now - this.#startedAt >= this.#budget.turnMs) {
      this.isUsedUp = true;
      return false;
    }
    this.used += this.#step;
    this.left = this.#step;
    return true;
  }

  /** `isLargest`: it took most of the turn. */
  endTurn(tookMs: number, isLargest: boolean): void {
    const { turnMs } = this.#budget;
    if (tookMs <= turnMs) {
      this.#step = Math.min(MOST_STEP_FRAMES, this.#step * 2);
      if (this.used >= this.#most) this.#most = Math.min(MOST_FRAMES, this.#most * 2);
    } else if (isLargest) {
      this.#step = 1;
      this.#most = Math.max(FEWEST_FRAMES, Math.floor((this.used * turnMs) / tookMs));
    }
    this.used = 0;
    this.left = this.#step;
    this.isUsedUp = false;
  }
}

const budgets = {
  server: perClock((clock) => new TurnBudget(clock, TURN_MS.server)),
  client: perClock((clock) => new TurnBudget(clock, TURN_MS.client)),
};

/** The budget of all servers', or clients', connections that run by this clock. */
export function turnBudgetOf(side: "server" | "client", clock: Clock): TurnBudget {
  return budgets[side](clock);
}
