import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";

/** Time, and all that a session puts off, in the hands of an input. */
export interface VirtualTime {
  /**
   * Ends a turn of the event loop: what was put off to its end or to the next one runs. Returns
   * whether anything did.
   */
  turn(): boolean;
  /** Turns until nothing is put off. Throws an Error when that never comes. */
  settle(): void;
  /** Lets so much time pass; timers that come due fire. */
  advance(ms: number): void;
  /** How many timers are set. */
  readonly timers: number;
}

interface VirtualTimer {
  readonly due: number;
  readonly fire: () => void;
  unref(): VirtualTimer;
  ref(): VirtualTimer;
}

/** No input asks for more. */
const MAX_STEPS = 200_000;

let current: Clock | undefined;

class Clock implements VirtualTime {
  now = 1_000;
  #soon: (() => void)[] = [];
  #later: (() => void)[] = [];
  readonly #timers = new Set<VirtualTimer>();
  #steps = 0;

  get timers(): number {
    return this.#timers.size;
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  later(callback: () => void): void {
    this.#later.push(callback);
  }

  setTimer(callback: () => void, ms: number): VirtualTimer {
    const timer: VirtualTimer = {
      due: this.now + Math.max(ms, 1),
      fire: callback,
      unref: () => timer,
      ref: () => timer,
    };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: VirtualTimer | undefined): void {
    if (timer !== undefined) this.#timers.delete(timer);
  }

  turn(): boolean {
    const ran = this.#runSoon();
    const later = this.#later;
    this.#later = [];
    for (const callback of later) {
      this.#step(callback);
      this.#runSoon();
    }
    return ran || later.length > 0;
  }

  settle(): void {
    while (this.turn());
  }

  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#nextTimer();
      if (next === undefined || next.due > until) break;
      this.now = Math.max(this.now, next.due);
      this.#timers.delete(next);
      this.#step(next.fire);
      this.settle();
    }
    this.now = until;
  }

  #nextTimer(): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.due < next.due) next = timer;
    return next;
  }

  #runSoon(): boolean {
    if (this.#soon.length === 0) return false;
    for (let at = 0; at < this.#soon.length; at++) this.#step(this.#soon[at] as () => void);
    this.#soon = [];
    return true;
  }

  #step(callback: () => void): void {
    if (++this.#steps > MAX_STEPS) throw new Error("it never comes to rest");
    callback();
  }
}

/**
 * Runs `body` with a clock of its own in place of the process's: an input then means the same on
 * every machine, and thousands of them a second need no waiting. `body` must not wait for anything
 * real.
 */
export function withVirtualTime<T>(body: (time: VirtualTime) => T): T {
  const clock = new Clock();
  const real = {
    setTimeout,
    clearTimeout,
    setImmediate,
    queueMicrotask,
    nextTick: process.nextTick,
  };
  const { performance } = globalThis;
  controlZlib();
  current = clock;
  Object.assign(globalThis, {
    setTimeout: (callback: () => void, ms: number) => clock.setTimer(callback, ms),
    clearTimeout: (timer: VirtualTimer | undefined) => clock.clearTimer(timer),
    setImmediate: (callback: () => void) => clock.later(callback),
    queueMicrotask: (callback: () => void) => clock.soon(callback),
  });
  // zlib puts off things of its own, with arguments.
  process.nextTick = (callback: (...all: never[]) => void, ...all: unknown[]) =>
    clock.soon(() => callback(...(all as never[])));
  Object.defineProperty(performance, "now", {
    value: () => clock.now,
    configurable: true,
    writable: true,
  });
  try {
    return body(clock);
  } finally {
    const { nextTick, ...globals } = real;
    Object.assign(globalThis, globals);
    process.nextTick = nextTick;
    Reflect.deleteProperty(performance, "now");
    current = undefined;
  }
}

let controlled = false;

/**
 * zlib's answers come from threads, in no order that could be had again: under a clock they come a
 * turn later.
 */
function controlZlib(): void {
  if (controlled) return;
  controlled = true;
  const real = { gzip: zlib.gzip, gunzip: zlib.gunzip };
  const replaced = (
    name: "gzip" | "gunzip",
    sync: (bytes: Uint8Array, options: object) => Buffer,
  ): void => {
    Object.assign(zlib, {
      [name]: (bytes: Uint8Array, ...rest: unknown[]) => {
        const clock = current;
        if (clock === undefined) return (real[name] as (...all: unknown[]) => void)(bytes, ...rest);
        const callback = rest.at(-1) as (error: unknown, result?: Buffer) => void;
        const options = rest.length > 1 ? (rest[0] as object) : {};
        clock.later(() => answer(callback, () => sync(bytes, options)));
      },
    });
  };
  replaced("gzip", zlib.gzipSync);
  replaced("gunzip", zlib.gunzipSync);
  syncBuiltinESMExports();
}

function answer(callback: (error: unknown, result?: Buffer) => void, work: () => Buffer): void {
  let result: Buffer;
  try {
    result = work();
  } catch (error) {
    return callback(error);
  }
  callback(null, result);
}
