import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { schedule, TICK_MS } from "./timer-wheel.js";

/** Resolves with the moment at which it was told. */
function told(deadline: number): Promise<number> {
  return new Promise(
    (resolve) => void schedule(deadline, { expire: () => resolve(performance.now()) }),
  );
}

test("tells each target once, in the order of their ticks, and never early", async () => {
  const order: number[] = [];
  const now = performance.now();
  const delays = [90, 5, 40, 0, -20];
  await Promise.all(
    delays.map(async (delay) => {
      expect(await told(now + delay)).toBeGreaterThanOrEqual(now + delay);
      order.push(delay);
    }),
  );
  expect(order.slice(-2)).toEqual([40, 90]);
  await sleep(3 * TICK_MS);
  expect(order).toHaveLength(delays.length);
});

test("a deadline further away than a turn of the wheel waits for its own turn", async () => {
  const turnMs = 512 * TICK_MS;
  const deadline = performance.now() + turnMs + 50;
  expect(await told(deadline)).toBeGreaterThanOrEqual(deadline);
});

test("one that was cancelled is not told, also when another of its tick cancels it", async () => {
  let count = 0;
  const deadline = performance.now() + 20;
  const expire = () => {
    count++;
    first.cancel();
    second.cancel();
  };
  const first = schedule(deadline, { expire });
  const second = schedule(deadline, { expire });
  const third = schedule(deadline, { expire: () => count++ });
  third.cancel();
  third.cancel();
  await told(deadline + 2 * TICK_MS);
  expect(count).toBe(1);
});

test("a target may set timers, also ones that are due already", async () => {
  const again = new Promise<string>((resolve) => {
    schedule(performance.now(), {
      expire: () => void schedule(performance.now() - 1_000, { expire: () => resolve("fired") }),
    });
  });
  await expect(again).resolves.toBe("fired");
});

test("infinity never comes and holds no timer of Node", async () => {
  await sleep(4 * TICK_MS);
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
  const before = timers();
  schedule(Number.POSITIVE_INFINITY, { expire: () => expect.unreachable() }).cancel();
  expect(timers()).toBe(before);
  const timer = schedule(performance.now() + 60_000, { expire: () => expect.unreachable() });
  expect(timers()).toBe(before + 1);
  timer.cancel();
  // What waits no more keeps no process alive.
  expect(timers()).toBe(before);
});
