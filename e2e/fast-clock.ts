import { type Clock, systemClock } from "@tightwire/core/runtime";

/**
 * A clock on which time passes `factor` times as fast, for tests with peers of other languages:
 * minutes of a client pass in seconds.
 */
export function createFastClock(factor: number): Clock {
  return {
    ...systemClock,
    now: () => systemClock.now() * factor,
    schedule: (deadline, target) => systemClock.schedule(deadline / factor, target),
    setTimer: (callback, ms) => systemClock.setTimer(callback, ms / factor),
    setBackgroundTimer: (callback, ms) => systemClock.setBackgroundTimer(callback, ms / factor),
  };
}
