/** Who is told when a deadline has come. An object, so that a call needs no closure for its own. */
export interface Expiring {
  /** Must not throw. */
  expire(): void;
}

/** Something that is due later; a {@link Clock} makes it. */
export interface Timer {
  /** Forgets it. Does nothing when it has fired or was cancelled already. */
  cancel(): void;
}

/** Work for a thread of the process's pool, such as compressing a large message. */
export interface OffloadedWork<T> {
  /** Begins it on the pool, and calls back later, once. */
  start(done: (error: Error | null, result?: T) => void): void;
  /** Does the same at once, on this thread, or throws. */
  runSync(): T;
}

/**
 * Time, and everything else that makes code run later. All packages take it from here, sockets
 * aside, so that tests can run clients and servers in virtual time. Production uses
 * {@link systemClock}.
 */
export interface Clock {
  /** Milliseconds on a monotonic clock. Only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970 on the wall clock, which may jump. For rules about moments. */
  wallTime(): number;
  /**
   * Tells `target` once {@link now} has reached `deadline`: never early, at most 8 ms late. Cheap
   * to set and to cancel, for the deadlines of calls. `Infinity` never comes. A scheduled deadline
   * keeps the process alive.
   */
  schedule(deadline: number, target: Expiring): Timer;
  /** Calls back once after `ms`, at most 24.8 days. The timer keeps the process alive. */
  setTimer(callback: () => void, ms: number): Timer;
  /** As {@link setTimer}, but the process may end before. */
  setBackgroundTimer(callback: () => void, ms: number): Timer;
  /** Calls back when the code that runs now and the promises that it settles are done. */
  nextTick(callback: () => void): void;
  /** Calls back in the next turn of the event loop, after input and output. */
  nextTurn(callback: () => void): void;
  /** Has a thread of the pool do `work`, and calls back later, once. */
  offload<T>(work: OffloadedWork<T>, done: (error: Error | null, result?: T) => void): void;
}
