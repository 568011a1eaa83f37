import { expect, test } from "vitest";
import { MessageQueue } from "./message-queue.js";

/** A queue, how many messages it has asked for, what it holds, and how often its reader left. */
function openQueue() {
  const seen = { asked: 0, left: 0, held: 0, nudges: 0 };
  const queue = new MessageQueue<number>(
    (count) => {
      seen.asked += count;
      if (count === 0) seen.nudges++;
    },
    () => {
      seen.left++;
    },
    (bytes) => {
      seen.held += bytes;
    },
  );
  queue.start();
  return { queue, seen };
}

const all = async (queue: MessageQueue<number>): Promise<number[]> => {
  const read: number[] = [];
  for await (const one of queue) read.push(one);
  return read;
};

test("hands messages on in order, whether they came before or after they were asked for", async () => {
  const { queue } = openQueue();
  queue.push(1, 10);
  const reading = all(queue);
  await Promise.resolve();
  queue.push(2, 10);
  queue.push(3, 10);
  queue.end();
  expect(await reading).toEqual([1, 2, 3]);
});

test("asks for no more than its window while nobody reads, in messages and in bytes", () => {
  const small = openQueue();
  for (let given = 0; given < small.seen.asked; given++) small.queue.push(given, 1);
  expect(small.seen.asked).toBeLessThanOrEqual(4);

  const large = openQueue();
  large.queue.push(0, 1024 * 1024);
  expect(large.seen.asked).toBe(1);
});

test("a large message behind small ones takes back what was asked for, until it is read", async () => {
  const { queue, seen } = openQueue();
  for (let given = 0; given < 100; given++) {
    queue.push(given, 1);
    await queue.next();
  }
  expect(seen.asked).toBeGreaterThan(110);
  queue.push(100, 4 * 1024 * 1024);
  expect(seen.asked).toBe(101);
  await queue.next();
  expect(seen.asked).toBe(102);
});

test("a reader that waits says so, though enough was asked for", async () => {
  const { queue, seen } = openQueue();
  expect(queue.awaited).toBe(false);
  const step = queue.next();
  expect([queue.awaited, seen.asked, seen.nudges]).toEqual([true, 4, 1]);
  queue.push(1, 1);
  expect(queue.awaited).toBe(false);
  expect(await step).toEqual({ done: false, value: 1 });
});

test("counts the bytes of messages that nobody has taken, and no others", async () => {
  const { queue, seen } = openQueue();
  const step = queue.next();
  queue.push(1, 10_000);
  await step;
  expect(seen.held).toBe(0);
  queue.push(2, 20_000);
  queue.push(3, 30_000);
  expect(seen.held).toBe(50_000);
  await queue.next();
  expect(seen.held).toBe(30_000);
  queue.end();
  expect(seen.held).toBe(30_000);
  queue.fail(() => new Error("gone"));
  expect(seen.held).toBe(0);
  const left = openQueue();
  left.queue.push(1, 10_000);
  await left.queue.return();
  expect(left.seen.held).toBe(0);
});

test("tells of small messages in steps of 1 KiB, and never leaves anything counted", async () => {
  const { queue, seen } = openQueue();
  for (let sent = 1; sent <= 50; sent++) {
    queue.push(sent, 100);
    expect(seen.held).toBeGreaterThan(sent * 100 - 1_024);
    expect(seen.held).toBeLessThanOrEqual(sent * 100);
  }
  for (let left = 49; left > 0; left--) {
    await queue.next();
    expect(Math.abs(seen.held - left * 100)).toBeLessThan(1_024);
  }
  await queue.next();
  expect(seen.held).toBe(0);
});

test("a reader that keeps up opens the window of small messages to 32, and of large ones to one", async () => {
  const { queue, seen } = openQueue();
  const outstanding = async (bytes: number): Promise<number> => {
    for (let i = 0; i < 100; i++) {
      queue.push(i, bytes);
      await queue.next();
    }
    return seen.asked - given;
  };
  let given = 100;
  expect(await outstanding(10)).toBeLessThanOrEqual(32);
  expect(seen.asked - given).toBeGreaterThan(16);
  given = 200;
  expect(await outstanding(100 * 1024)).toBeLessThanOrEqual(1);
});

test("an end lets what waits be read and then shows its error once; a failure drops what waits", async () => {
  const ended = openQueue().queue;
  ended.push(1, 1);
  ended.end(new Error("late"));
  expect(await ended.next()).toEqual({ done: false, value: 1 });
  await expect(ended.next()).rejects.toThrow("late");
  expect(await ended.next()).toEqual({ done: true, value: undefined });

  const failed = openQueue().queue;
  failed.push(1, 1);
  failed.fail(() => new Error("now"));
  failed.push(2, 1);
  await expect(failed.next()).rejects.toThrow("now");
  expect(await failed.next()).toEqual({ done: true, value: undefined });
});

test("a failure after the end is seen only when messages were dropped for it", async () => {
  const unread = openQueue().queue;
  unread.push(1, 1);
  unread.end();
  unread.fail(() => new Error("cancelled"));
  await expect(unread.next()).rejects.toThrow("cancelled");
  expect(await unread.next()).toEqual({ done: true, value: undefined });

  const read = openQueue().queue;
  read.end();
  read.fail(() => expect.fail("nobody sees this error"));
  expect(await read.next()).toEqual({ done: true, value: undefined });
});

test("a reader that waits sees the end, and the error only one of several", async () => {
  const { queue } = openQueue();
  const steps = [queue.next(), queue.next()];
  queue.end(new Error("gone"));
  const [first, second] = await Promise.allSettled(steps);
  expect(first).toMatchObject({ status: "rejected" });
  expect(second).toEqual({ status: "fulfilled", value: { done: true, value: undefined } });
});

test("a reader that leaves is told of once, and nothing is asked for after it", async () => {
  const { queue, seen } = openQueue();
  queue.push(1, 1);
  for await (const one of queue) {
    expect(one).toBe(1);
    break;
  }
  const { asked } = seen;
  await queue.return();
  queue.push(2, 1);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
  expect(seen).toMatchObject({ asked, left: 1 });
});
