import type { Clock, Timer } from "./clock.js";
import { schedule } from "./timer-wheel.js";

/** The time of this process. All its deadlines share one coarse timer wheel. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule,
  setTimer: (callback, ms) => new NodeTimer(setTimeout(callback, ms)),
  setBackgroundTimer: (callback, ms) => new NodeTimer(setTimeout(callback, ms).unref()),
  nextTick: (callback) => process.nextTick(callback),
  nextTurn: (callback) => void setImmediate(callback),
  offload: (work, done) => work.start(done),
};

class NodeTimer implements Timer {
  readonly #timer: NodeJS.Timeout;

  constructor(timer: NodeJS.Timeout) {
    this.#timer = timer;
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
