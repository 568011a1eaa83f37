import { type Connection, type Endpoint, systemClock } from "@tightwire/core/runtime";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pickFirst } from "./pick-first.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function endpoints(...addresses: string[]): Endpoint[] {
  return addresses.map((address) => ({ address, authority: address }));
}

/** An attempt to connect that the test decides. */
interface Attempt {
  readonly address: string;
  readonly wanted: AbortSignal;
  accept(): void;
  refuse(reason?: string): void;
}

/** A round over endpoints whose attempts the test decides. */
function startRound(addresses: readonly string[], target = "dns:///x:1") {
  const attempts: Attempt[] = [];
  const closed: string[] = [];
  const closing = new AbortController();
  const picked = pickFirst({
    target,
    endpoints: endpoints(...addresses),
    clock: systemClock,
    signal: closing.signal,
    connectTo: ({ address }, wanted) =>
      new Promise((resolve, reject) => {
        const close = (): Promise<void> => Promise.resolve(void closed.push(address));
        attempts.push({
          address,
          wanted,
          accept: () => resolve({ info: { address }, close } as unknown as Connection),
          refuse: (reason = "refused") => reject(new Error(reason)),
        });
      }),
  });
  picked.catch(() => {});
  return {
    picked,
    attempts,
    closed,
    closing,
    /** The addresses that were tried so far. */
    tried: () => attempts.map(({ address }) => address),
    addressPicked: async () => (await picked).info.address,
  };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("an endpoint that accepts within 250 ms is the only one that is tried", async () => {
  const { attempts, tried, addressPicked } = startRound(["a:1", "b:2"]);
  await pass(249);
  attempts[0]?.accept();
  expect(await addressPicked()).toBe("a:1");
  await pass(10_000);
  expect(tried()).toEqual(["a:1"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("the next endpoint is tried every 250 ms, while the ones before are still tried", async () => {
  const { attempts, tried, addressPicked, closed } = startRound(["a:1", "b:2", "c:3", "d:4"]);
  await pass(249);
  expect(tried()).toEqual(["a:1"]);
  await pass(1);
  expect(tried()).toEqual(["a:1", "b:2"]);
  await pass(250);
  expect(tried()).toEqual(["a:1", "b:2", "c:3"]);
  attempts[1]?.accept();
  expect(await addressPicked()).toBe("b:2");
  expect(attempts.map(({ wanted }) => wanted.aborted)).toEqual([true, true, true]);
  await pass(10_000);
  expect([tried(), closed]).toEqual([["a:1", "b:2", "c:3"], []]);
});

test("the next endpoint is tried at once when one fails, and has 250 ms from then", async () => {
  const { attempts, tried, addressPicked } = startRound(["a:1", "b:2", "c:3"]);
  await pass(200);
  attempts[0]?.refuse();
  await pass(0);
  expect(tried()).toEqual(["a:1", "b:2"]);
  await pass(249);
  expect(tried()).toEqual(["a:1", "b:2"]);
  await pass(1);
  expect(tried()).toEqual(["a:1", "b:2", "c:3"]);
  attempts[2]?.accept();
  expect(await addressPicked()).toBe("c:3");
});

test("what a losing attempt still brings is closed", async () => {
  const { attempts, closed, addressPicked } = startRound(["a:1", "b:2", "c:3"]);
  await pass(500);
  attempts[2]?.accept();
  expect(await addressPicked()).toBe("c:3");
  attempts[0]?.accept();
  attempts[1]?.refuse();
  await pass(0);
  expect(closed).toEqual(["a:1"]);
});

test("a black hole is passed by after one stagger", async () => {
  const { attempts, addressPicked } = startRound(["10.0.0.1:1", "10.0.0.2:1"]);
  const before = performance.now();
  await pass(250);
  attempts[1]?.accept();
  expect(await addressPicked()).toBe("10.0.0.2:1");
  expect(performance.now() - before).toBe(250);
});

describe("when none accepts", () => {
  test("the error holds the reason of each, in the order of the endpoints", async () => {
    const { attempts, picked } = startRound(["a:1", "b:2"]);
    await pass(250);
    attempts[1]?.refuse("late");
    attempts[0]?.refuse();
    await expect(picked).rejects.toThrow("a:1: refused; b:2: late");
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["static:///a:1", "a:1", "refused", "refused"],
    ["dns:///x:1", "a:1", "refused", "a:1: refused"],
    ["dns:///x:1", "[::1]:1", "connect ECONNREFUSED ::1:1", "connect ECONNREFUSED ::1:1"],
    ["dns:///x:1", "unix:/s", "connect ENOENT /s", "connect ENOENT /s"],
  ])("%s, at %s: %j names the endpoint once", async (target, address, reason, expected) => {
    const { attempts, picked } = startRound([address], target);
    attempts[0]?.refuse(reason);
    await expect(picked).rejects.toThrow(new Error(expected));
  });

  test("a transport that throws has failed", async () => {
    const picked = pickFirst({
      target: "x",
      endpoints: endpoints("a:1", "b:2"),
      clock: systemClock,
      signal: new AbortController().signal,
      connectTo: () => {
        throw new Error("no such device");
      },
    });
    await expect(picked).rejects.toThrow("a:1: no such device; b:2: no such device");
  });
});

describe("the signal", () => {
  test("aborts every attempt, and no further endpoint is tried", async () => {
    const { attempts, picked, closing, closed, tried } = startRound(["a:1", "b:2", "c:3"]);
    await pass(250);
    closing.abort(new Error("closed"));
    await expect(picked).rejects.toThrow("closed");
    expect(attempts.map(({ wanted }) => wanted.aborted)).toEqual([true, true]);
    attempts[0]?.accept();
    attempts[1]?.refuse();
    await pass(10_000);
    expect([tried(), closed]).toEqual([["a:1", "b:2"], ["a:1"]]);
  });

  test("that is aborted before has nothing tried", async () => {
    const connectTo = vi.fn();
    const signal = AbortSignal.abort(new Error("closed"));
    const parts = { target: "x", endpoints: endpoints("a:1"), clock: systemClock, signal };
    await expect(pickFirst({ ...parts, connectTo })).rejects.toThrow("closed");
    expect(connectTo).not.toHaveBeenCalled();
  });
});
