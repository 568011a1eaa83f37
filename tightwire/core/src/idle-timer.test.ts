import { expect, test } from "vitest";
import type { Clock, Expiring } from "./clock.js";
import { IdleTimer } from "./idle-timer.js";

/** A clock that fires deadlines, each at its own time, as `advance` passes them. */
function handClock(): { clock: Clock; advance(ms: number): void } {
  let now = 0;
  const waiting = new Map<Expiring, number>();
  const clock = {
    now: () => now,
    schedule(deadline: number, target: Expiring) {
      waiting.set(target, deadline);
      return { cancel: () => void waiting.delete(target) };
    },
  } as Partial<Clock> as Clock;
  return {
    clock,
    advance(ms) {
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, ...waiting.values());
        for (const [target, deadline] of waiting)
          if (deadline <= now && waiting.delete(target)) target.expire();
      }
    },
  };
}

function idleTimer(idleMs: number): {
  timer: IdleTimer;
  silent(): boolean;
  advance(ms: number): void;
} {
  const { clock, advance } = handClock();
  let silent = false;
  const timer = new IdleTimer(clock, idleMs, () => {
    silent = true;
  });
  return { timer, silent: () => silent, advance };
}

test("silence from the start ends after exactly the timeout", () => {
  const { silent, advance } = idleTimer(1_000);
  advance(999.999);
  expect(silent()).toBe(false);
  advance(0.001);
  expect(silent()).toBe(true);
});

test.each([1, 62, 500, 937, 999])(
  "a touch after %d ms starts it again: never early, and a sixteenth late at most",
  (touchedAt) => {
    const { timer, silent, advance } = idleTimer(1_000);
    advance(touchedAt);
    timer.touch();
    advance(999.999);
    expect(silent()).toBe(false);
    advance(1_000 / 16 + 0.001);
    expect(silent()).toBe(true);
  },
);

test("what is touched again and again never ends, and a stopped one neither", () => {
  const { timer, silent, advance } = idleTimer(1_000);
  for (let turn = 0; turn < 50; turn++) {
    advance(990);
    timer.touch();
  }
  timer.stop();
  advance(5_000);
  expect(silent()).toBe(false);
});

test("an infinite timeout sets no timer that fires", () => {
  const { silent, advance } = idleTimer(Number.POSITIVE_INFINITY);
  advance(1e12);
  expect(silent()).toBe(false);
});
