import type { Clock } from "@tightwire/core/runtime";
import { perClock } from "../session/per-clock.js";

/**
 * Messages that threads inflate at once, at most: one fewer than Node's pool has threads, so that
 * names are still resolved and files read. Each may hold a message of the largest size.
 */
const MAX_RUNNING = 3;
/** What all connections may inflate on this thread in a turn of the event loop: a few ms of it. */
const TURN_BYTES = 1_048_576;

/** A connection that has messages for the threads. */
export interface InflationSource {
  /** Starts its next message, whose end it tells by `done`. False when it has none any more. */
  startNext(done: () => void): boolean;
}

/**
 * What all connections of a process share: the threads, which serve connections in turn, one
 * message each, and this thread's time for small messages.
 */
export class InflationPool {
  /** The turn of the event loop, as far as anybody inflated in it. */
  turn = 0;
  readonly #clock: Clock;
  readonly #sources: InflationSource[] = [];
  /** Leaves this thread a processor, or its calls would wait for zlib all the same. */
  #maxRunning = 0;
  #running = 0;
  #turnBytes = 0;
  #turnEnds = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes of what may be inflated on this thread in this turn; false when it is used up. */
  takeTurnBytes(bytes: number): boolean {
    if (!this.#turnEnds) {
      this.#turnEnds = true;
      this.#clock.nextTurn(this.#endTurn);
    }
    if (this.#turnBytes >= TURN_BYTES) return false;
    this.#turnBytes += bytes;
    return true;
  }

  /** Serves a connection as often as it is added, when its turn comes. */
  add(source: InflationSource): void {
    this.#sources.push(source);
    this.#run();
  }

  #run(): void {
    this.#maxRunning ||= Math.min(MAX_RUNNING, Math.max(1, processors() - 1));
    while (this.#running < this.#maxRunning) {
      const source = this.#sources.shift();
      if (source === undefined) return;
      this.#running++;
      if (!source.startNext(this.#done)) this.#running--;
    }
  }

  readonly #done = (): void => {
    this.#running--;
    this.#run();
  };

  readonly #endTurn = (): void => {
    this.#turnEnds = false;
    this.#turnBytes = 0;
    this.turn++;
  };
}

/** Loaded when the first message is for a thread. */
const processors = (): number => process.getBuiltinModule("node:os").availableParallelism();

/** The pool of everything that runs by this clock. */
export const poolOf: (clock: Clock) => InflationPool = perClock(
  (clock) => new InflationPool(clock),
);
