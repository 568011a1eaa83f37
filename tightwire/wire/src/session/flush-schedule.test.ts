import { SYSTEM } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { FlushSchedule } from "./flush-schedule.js";

/** A schedule whose events come when the test says; flushes are logged by what was written. */
function openSchedule(): {
  /** Something is written in an event of its own. */
  write(what: string): void;
  /** The turn of the event loop ends. */
  endTurn(): void;
  readonly flushes: string[];
} {
  const flushes: string[] = [];
  let ticks: (() => void)[] = [];
  let turns: (() => void)[] = [];
  let written = "";
  function run(callbacks: (() => void)[]): void {
    for (const callback of callbacks) callback();
  }
  const clock = {
    ...SYSTEM.clock,
    nextTick: (callback: () => void) => void ticks.push(callback),
    nextTurn: (callback: () => void) => void turns.push(callback),
  };
  const schedule = new FlushSchedule(clock, () => {
    flushes.push(written);
    written = "";
  });
  return {
    flushes,
    write(what) {
      written += what;
      schedule.request();
      const due = ticks;
      ticks = [];
      run(due);
    },
    endTurn() {
      const due = turns;
      turns = [];
      run(due);
    },
  };
}

/** Turns of three events each, as long as it takes until the schedule has looked. */
function learn({ write, endTurn, flushes }: ReturnType<typeof openSchedule>): void {
  for (let turn = 0; turn < 16; turn++) {
    for (const what of "abc") write(what);
    endTurn();
  }
  flushes.length = 0;
}

test("a call that is alone in its turn is flushed at once, always", () => {
  const schedule = openSchedule();
  for (let turn = 0; turn < 100; turn++) {
    schedule.write("a");
    expect(schedule.flushes).toHaveLength(turn + 1);
    schedule.endTurn();
  }
  expect(schedule.flushes.join("")).toBe("a".repeat(100));
});

test("where turns have several events, the first is flushed at once, the others together", () => {
  const schedule = openSchedule();
  learn(schedule);
  for (const what of "abcd") schedule.write(what);
  expect(schedule.flushes).toEqual(["a"]);
  schedule.endTurn();
  expect(schedule.flushes).toEqual(["a", "bcd"]);
});

test("what is written at the end of a turn waits for no other", () => {
  const schedule = openSchedule();
  learn(schedule);
  for (const what of "ab") schedule.write(what);
  schedule.endTurn();
  schedule.write("c");
  expect(schedule.flushes).toEqual(["a", "b", "c"]);
});

test("gathering ends when turns have one event again", () => {
  const schedule = openSchedule();
  learn(schedule);
  for (let turn = 0; turn < 8; turn++) {
    schedule.write("a");
    schedule.endTurn();
  }
  schedule.flushes.length = 0;
  for (const what of "abc") schedule.write(what);
  expect(schedule.flushes).toEqual(["a", "b", "c"]);
});
