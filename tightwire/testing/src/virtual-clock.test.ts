import { expect, test } from "vitest";
import { createEventLog } from "./event-log.js";
import { createVirtualClock } from "./virtual-clock.js";

test("time passes only when it is advanced", () => {
  const clock = createVirtualClock({ startMs: 50 });
  expect(clock.now()).toBe(50);
  clock.advance(7);
  expect(clock.now()).toBe(57);
});

test("fires timers by time, and those of the same time in the order in which they were set", () => {
  const clock = createVirtualClock({ startMs: 0 });
  const { entries, add } = createEventLog();
  const note = (name: string) => () => add(`${name} at ${clock.now()}`);
  clock.setTimer(note("late"), 30);
  clock.setTimer(note("first"), 10);
  clock.setBackgroundTimer(note("second"), 10);
  clock.schedule(10, { expire: note("third") });
  clock.setTimer(note("too late"), 31);
  clock.advance(30);
  expect(entries).toEqual(["first at 10", "second at 10", "third at 10", "late at 30"]);
  expect(clock.timers).toBe(1);
});

test("a timer that a timer sets fires in the same advance when it comes due in it", () => {
  const clock = createVirtualClock({ startMs: 0 });
  const times: number[] = [];
  const again = (): void => {
    times.push(clock.now());
    clock.setTimer(again, 4);
  };
  clock.setTimer(again, 4);
  clock.advance(13);
  expect(times).toEqual([4, 8, 12]);
});

test("a cancelled timer does not fire, and cancelling twice does nothing", () => {
  const clock = createVirtualClock();
  const timer = clock.setTimer(() => expect.unreachable(), 5);
  const kept = clock.setTimer(() => {}, 5);
  timer.cancel();
  timer.cancel();
  expect(clock.timers).toBe(1);
  clock.advance(10);
  kept.cancel();
  expect(clock.timers).toBe(0);
});

test("a deadline of Infinity never comes, one that has passed comes with the next advance", () => {
  const clock = createVirtualClock();
  const { entries, add } = createEventLog();
  clock.schedule(Number.POSITIVE_INFINITY, { expire: () => add("infinity") });
  clock.schedule(clock.now() - 100, { expire: () => add(`passed, at ${clock.now()}`) });
  expect(clock.timers).toBe(1);
  clock.advance(0);
  expect(entries).toEqual(["passed, at 1000"]);
});

test("a timer of 0 ms takes 1 ms, as in Node", () => {
  const clock = createVirtualClock({ startMs: 0 });
  let firedAt = -1;
  clock.setTimer(() => {
    firedAt = clock.now();
  }, 0);
  clock.advance(0);
  expect(firedAt).toBe(-1);
  clock.advance(1);
  expect(firedAt).toBe(1);
});

test("a turn runs the ticks, then what waited for the next turn, each with its own ticks", () => {
  const clock = createVirtualClock();
  const { entries, add } = createEventLog();
  clock.nextTurn(() => {
    add("turn 1");
    clock.nextTick(() => add("tick of turn 1"));
    clock.nextTurn(() => add("next turn"));
  });
  clock.nextTurn(() => add("turn 2"));
  clock.nextTick(() => {
    add("tick");
    clock.nextTick(() => add("tick of the tick"));
  });
  expect(clock.turn()).toBe(true);
  expect(entries).toEqual(["tick", "tick of the tick", "turn 1", "tick of turn 1", "turn 2"]);
  expect(clock.turn()).toBe(true);
  expect(entries.at(-1)).toBe("next turn");
  expect(clock.turn()).toBe(false);
});

test("advance runs what waits before time passes, and after each timer", () => {
  const clock = createVirtualClock({ startMs: 0 });
  const { entries, add } = createEventLog();
  clock.nextTurn(() => add(`before, at ${clock.now()}`));
  clock.setTimer(() => clock.nextTurn(() => add(`put off, at ${clock.now()}`)), 5);
  clock.setTimer(() => add(`second timer, at ${clock.now()}`), 5);
  clock.advance(9);
  expect(entries).toEqual(["before, at 0", "put off, at 5", "second timer, at 5"]);
});

test("offloaded work is done in the next turn, its error too", () => {
  const clock = createVirtualClock();
  const { entries, add } = createEventLog();
  const start = (): never => expect.unreachable();
  clock.offload({ start, runSync: () => 42 }, (error, result) => add(`${error} ${result}`));
  clock.offload(
    {
      start,
      runSync: () => {
        throw new Error("no");
      },
    },
    (error) => add(String(error)),
  );
  expect(entries).toEqual([]);
  clock.turn();
  expect(entries).toEqual(["null 42", "Error: no"]);
});

test("code that puts itself off for ever throws", () => {
  const clock = createVirtualClock({ maxCallbacks: 100 });
  const again = (): void => clock.nextTurn(again);
  again();
  expect(() => clock.runUntilIdle()).toThrow("more than 100 callbacks ran while time stood still");
});

test("what throws in a callback comes out of the call that ran it, and the rest can go on", () => {
  const clock = createVirtualClock();
  const { entries, add } = createEventLog();
  clock.nextTick(() => {
    throw new Error("thrown");
  });
  clock.nextTick(() => add("next"));
  expect(() => clock.turn()).toThrow("thrown");
  clock.turn();
  expect(entries).toEqual(["next"]);
});

test("advanceAsync lets promises go on after each callback", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const { entries, add } = createEventLog();
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimer(resolve, ms));
  async function work(name: string, ms: number): Promise<void> {
    for (let count = 0; count < 2; count++) {
      await sleep(ms);
      add(`${name} at ${clock.now()}`);
    }
  }
  void work("a", 10);
  void work("b", 15);
  await clock.advanceAsync(30);
  expect(entries).toEqual(["a at 10", "b at 15", "a at 20", "b at 30"]);
});

test("runUntil jumps from timer to timer until the promise resolves", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const slow = new Promise<string>((resolve) => clock.setTimer(() => resolve("done"), 3_600_000));
  clock.setTimer(() => {}, 4_000_000);
  await expect(clock.runUntil(slow)).resolves.toBe("done");
  expect(clock.now()).toBe(3_600_000);
  expect(clock.timers).toBe(1);
});

test("runUntil rejects with the promise, and says so when nothing can resolve it", async () => {
  const clock = createVirtualClock();
  await expect(clock.runUntil(Promise.reject(new Error("no")))).rejects.toThrow("no");
  clock.setTimer(() => {}, 10);
  await expect(clock.runUntil(new Promise(() => {}))).rejects.toThrow("cannot resolve");
});

test("the same calls give the same order", async () => {
  async function run(): Promise<readonly string[]> {
    const clock = createVirtualClock();
    const log = createEventLog();
    for (let number = 0; number < 50; number++) {
      clock.setTimer(
        () => {
          log.add(`timer ${number} at ${clock.now()}`);
          clock.nextTick(() => log.add(`tick ${number}`));
          clock.nextTurn(() => log.add(`turn ${number}`));
          void Promise.resolve().then(() => log.add(`promise ${number}`));
        },
        (number * 7) % 13,
      );
    }
    await clock.advanceAsync(20);
    return log.entries;
  }
  const first = await run();
  expect(first).toHaveLength(200);
  expect(await run()).toEqual(first);
});
