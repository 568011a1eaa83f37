import { setImmediate } from "node:timers/promises";
import type { Clock, Expiring, OffloadedWork, Timer } from "@tightwire/core/runtime";
import { type QueuedTimer, TimerQueue } from "./timer-queue.js";

/**
 * A {@link Clock} whose time passes only when a test says so. The same calls give the same order:
 * timers fire by time, and those of the same time in the order in which they were set. Made by
 * {@link createVirtualClock}.
 *
 * {@link step}, {@link turn}, {@link runUntilIdle} and {@link advance} return when the callbacks
 * have run; promises that these resolved go on later, as always. {@link advanceAsync} and
 * {@link runUntil} let promises go on after each callback. What the code under test waits for must
 * not come from a socket, a file or a thread: the clock does not know of it.
 */
export interface VirtualClock extends Clock {
  /** How many timers and deadlines are set and have not fired. */
  readonly timers: number;
  /**
   * Runs one callback: of those that wait, else of the timer that comes due next, at its time.
   * Returns false when there is none.
   */
  step(): boolean;
  /**
   * Runs one turn of the event loop: the callbacks of `nextTick`, then those that wait for the next
   * turn (`nextTurn`, `offload`), each with the ticks that it asks for. Returns whether anything
   * ran. Time does not pass.
   */
  turn(): boolean;
  /** Runs turns until no callback waits. Time does not pass. */
  runUntilIdle(): void;
  /**
   * Lets `ms` milliseconds pass. Runs what waits, then fires each timer that comes due at its own
   * time and runs what it puts off.
   */
  advance(ms: number): void;
  /** As {@link advance}, and lets promises go on after each callback. */
  advanceAsync(ms: number): Promise<void>;
  /**
   * Runs what waits, and jumps from timer to timer, until `promise` has resolved or rejected, and
   * gives its result. Throws an Error when nothing is left that could resolve it.
   */
  runUntil<T>(promise: PromiseLike<T>): Promise<T>;
}

/** Settings of a virtual clock; all optional. */
export interface VirtualClockOptions {
  /** What `now()` says first, in milliseconds. Default 1,000. */
  readonly startMs?: number;
  /** What `wallTime()` says first, in milliseconds since 1970. Default: 1 January 2026. */
  readonly startWallTimeMs?: number;
  /**
   * How many callbacks may run while time stands still, before the clock throws: code that puts
   * itself off again and again would run for ever. Default 200,000.
   */
  readonly maxCallbacks?: number;
}

/**
 * Makes a clock for tests in virtual time. Give it to a server and to a channel.
 *
 * ```ts
 * const clock = createVirtualClock();
 * const handlers = { getProduct: () => new Promise<never>(() => {}) };
 * const { client } = createStub(CatalogService, handlers, { clock });
 * const call = client.getProduct({ id: "p-1" }, { timeoutMs: 300 });
 * clock.advance(300);
 * await expect(call).rejects.toMatchObject({ code: "deadline_exceeded" });
 * ```
 */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { startMs = 1_000, startWallTimeMs = Date.UTC(2026, 0, 1) } = options;
  return new SteppedClock(startMs, startWallTimeMs - startMs, options.maxCallbacks ?? 200_000);
}

/**
 * Runs callbacks one by one, and stops after each: whoever drives it decides what comes between.
 */
type Steps<T> = Generator<undefined, T>;

type SetTimer = QueuedTimer & Timer;

class SteppedClock implements VirtualClock {
  #now: number;
  /** The wall time at which {@link now} is 0. */
  readonly #origin: number;
  readonly #maxCallbacks: number;
  #callbacks = 0;
  #ticks: (() => void)[] = [];
  #nextTurn: (() => void)[] = [];
  readonly #timers = new TimerQueue();
  /** Where {@link step} stopped. */
  #steps: Steps<void> | undefined;

  constructor(startMs: number, origin: number, maxCallbacks: number) {
    this.#now = startMs;
    this.#origin = origin;
    this.#maxCallbacks = maxCallbacks;
  }

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#origin + this.#now;
  }

  schedule(deadline: number, target: Expiring): Timer {
    return this.#set(deadline, () => target.expire());
  }

  /** At least 1 ms, as Node's timers: a timer never fires in the moment that sets it. */
  setTimer(callback: () => void, ms: number): Timer {
    return this.#set(this.#now + Math.max(ms, 1), callback);
  }

  setBackgroundTimer(callback: () => void, ms: number): Timer {
    return this.setTimer(callback, ms);
  }

  nextTick(callback: () => void): void {
    this.#ticks.push(callback);
  }

  nextTurn(callback: () => void): void {
    this.#nextTurn.push(callback);
  }

  /** Real threads would finish in an order that differs from run to run. */
  offload<T>(work: OffloadedWork<T>, done: (error: Error | null, result?: T) => void): void {
    this.#nextTurn.push(() => {
      let result: T;
      try {
        result = work.runSync();
      } catch (error) {
        return done(error as Error);
      }
      done(null, result);
    });
  }

  step(): boolean {
    this.#steps ??= this.#timerSteps(Number.POSITIVE_INFINITY);
    if (this.#steps.next().done !== true) return true;
    this.#steps = undefined;
    return false;
  }

  turn(): boolean {
    return runAtOnce(this.#turnSteps());
  }

  runUntilIdle(): void {
    while (this.turn());
  }

  advance(ms: number): void {
    runAtOnce(this.#advanceSteps(ms));
  }

  async advanceAsync(ms: number): Promise<void> {
    // Promises that are ready now may ask for more before time passes.
    await letPromisesRun();
    const steps = this.#advanceSteps(ms);
    while (steps.next().done !== true) await letPromisesRun();
  }

  async runUntil<T>(promise: PromiseLike<T>): Promise<T> {
    let finished = false;
    const watched = Promise.resolve(promise).finally(() => {
      finished = true;
    });
    // It may reject while nobody waits for it yet.
    watched.catch(() => {});
    const steps = this.#timerSteps(Number.POSITIVE_INFINITY);
    for (;;) {
      await letPromisesRun();
      if (finished) return await watched;
      if (steps.next().done === true)
        throw new Error(
          "the promise cannot resolve: no callback waits, no timer is set (does it wait for a socket?)",
        );
    }
  }

  #set(due: number, fire: () => void): Timer {
    const timer: SetTimer = { due, fire, cancel: () => this.#timers.delete(timer) };
    // One that never comes is not set, as on the process's clock.
    if (due !== Number.POSITIVE_INFINITY) this.#timers.add(timer);
    return timer;
  }

  *#turnSteps(): Steps<boolean> {
    let ran = yield* this.#tickSteps();
    const callbacks = this.#nextTurn;
    this.#nextTurn = [];
    for (const callback of callbacks) {
      ran = true;
      this.#run(callback);
      yield;
      yield* this.#tickSteps();
    }
    return ran;
  }

  *#tickSteps(): Steps<boolean> {
    let ran = false;
    for (let tick = this.#ticks.shift(); tick !== undefined; tick = this.#ticks.shift()) {
      ran = true;
      this.#run(tick);
      yield;
    }
    return ran;
  }

  *#idleSteps(): Steps<void> {
    while (yield* this.#turnSteps());
  }

  *#advanceSteps(ms: number): Steps<void> {
    const until = this.#now + ms;
    yield* this.#timerSteps(until);
    this.#moveTo(until);
  }

  /** From timer to timer, until none is left that comes due by then. */
  *#timerSteps(until: number): Steps<void> {
    yield* this.#idleSteps();
    for (;;) {
      const { next } = this.#timers;
      if (next === undefined || next.due > until) return;
      this.#fire(next);
      yield;
      yield* this.#idleSteps();
    }
  }

  #fire(timer: QueuedTimer): void {
    this.#moveTo(timer.due);
    this.#timers.delete(timer);
    this.#run(timer.fire);
  }

  #moveTo(ms: number): void {
    if (ms <= this.#now) return;
    this.#now = ms;
    this.#callbacks = 0;
  }

  #run(callback: () => void): void {
    if (++this.#callbacks > this.#maxCallbacks)
      throw new Error(`more than ${this.#maxCallbacks} callbacks ran while time stood still`);
    callback();
  }
}

function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Resolves in a later turn of the real event loop: every promise that can go on has gone on. */
function letPromisesRun(): Promise<void> {
  return setImmediate();
}
