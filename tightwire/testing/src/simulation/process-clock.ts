import type { Clock, Expiring, OffloadedWork, Timer } from "@tightwire/core/runtime";

/**
 * The clock of one process of a simulated world: the time is the world's, and its callbacks stop
 * while the process is frozen, and for good when it is killed.
 */
export class ProcessClock implements Clock {
  readonly #world: Clock;
  #frozen = false;
  #killed = false;
  /** What came due while the process was frozen, in order. */
  #postponed: (() => void)[] = [];
  readonly #timers = new Set<Timer>();

  constructor(world: Clock) {
    this.#world = world;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get killed(): boolean {
    return this.#killed;
  }

  /** Nothing runs any more until {@link thaw}. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Runs what came due meanwhile, in order, and goes on. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    const postponed = this.#postponed;
    this.#postponed = [];
    for (const callback of postponed) this.#world.nextTurn(() => this.run(callback));
  }

  /** Nothing runs any more, ever. */
  kill(): void {
    this.#killed = true;
    this.#postponed = [];
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Runs a callback of the process now, or when it is thawed, or never. */
  run(callback: () => void): void {
    if (this.#killed) return;
    if (this.#frozen) this.#postponed.push(callback);
    else callback();
  }

  now(): number {
    return this.#world.now();
  }

  wallTime(): number {
    return this.#world.wallTime();
  }

  schedule(deadline: number, target: Expiring): Timer {
    return this.#set(
      (expire) => this.#world.schedule(deadline, { expire }),
      () => target.expire(),
    );
  }

  setTimer(callback: () => void, ms: number): Timer {
    return this.#set((fire) => this.#world.setTimer(fire, ms), callback);
  }

  setBackgroundTimer(callback: () => void, ms: number): Timer {
    return this.setTimer(callback, ms);
  }

  nextTick(callback: () => void): void {
    if (!this.#killed) this.#world.nextTick(() => this.run(callback));
  }

  nextTurn(callback: () => void): void {
    if (!this.#killed) this.#world.nextTurn(() => this.run(callback));
  }

  offload<T>(work: OffloadedWork<T>, done: (error: Error | null, result?: T) => void): void {
    if (this.#killed) return;
    this.#world.offload(work, (error, result) => this.run(() => done(error, result)));
  }

  #set(set: (fire: () => void) => Timer, callback: () => void): Timer {
    if (this.#killed) return { cancel() {} };
    const inner = set(() =>
      this.run(() => {
        // It may have been cancelled after it came due, while the process was frozen.
        if (this.#timers.delete(timer)) callback();
      }),
    );
    const timer: Timer = {
      cancel: () => {
        this.#timers.delete(timer);
        inner.cancel();
      },
    };
    this.#timers.add(timer);
    return timer;
  }
}
