import {
  type CallScope,
  type Clock,
  createScopeRunner,
  currentScope,
  systemClock,
} from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectionTimers, type TimerName } from "./connection-timers.js";
import { RateLimit } from "./rate-limit.js";
import { ResetStreams } from "./reset-streams.js";
import { giveSlab, SLAB_BYTES, takeSlab } from "./slab.js";
import { StreamTable } from "./stream-table.js";

const runInScope = createScopeRunner();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("30. waits expire in order, may be moved, stopped and started by one that expired", () => {
  const log: TimerName[] = [];
  const watch = new ConnectionTimers(systemClock, (wait) => {
    log.push(wait);
    if (wait === "preface") watch.start("linger", 5);
    if (wait === "settings") watch.stop("keepalive");
  });
  watch.start("keepalive", 30);
  watch.start("preface", 10);
  watch.start("settings", 30);
  watch.start("idle", Number.POSITIVE_INFINITY);
  watch.start("age", 20);
  watch.start("age", 40);
  watch.stop("idle");
  vi.advanceTimersByTime(29);
  expect(log).toEqual(["preface", "linger"]);
  vi.advanceTimersByTime(1);
  expect(log).toEqual(["preface", "linger", "keepalive", "settings"]);
  watch.start("pong", 5);
  watch.stopAll();
  vi.advanceTimersByTime(1_000_000);
  expect([log.length, watch.has("pong"), vi.getTimerCount()]).toEqual([4, false, 0]);
});

test("30. a wait longer than Node's timers hold does not expire at once", () => {
  const log: TimerName[] = [];
  new ConnectionTimers(systemClock, (wait) => log.push(wait)).start("age", 2 ** 40);
  vi.advanceTimersByTime(2 ** 31);
  expect(log).toEqual([]);
  vi.clearAllTimers();
});

test("30. its timer does not hold the process", () => {
  vi.useRealTimers();
  const before = process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
  const watch = new ConnectionTimers(systemClock, () => {});
  watch.start("age", 100_000);
  expect(process.getActiveResourcesInfo().filter((one) => one === "Timeout")).toHaveLength(before);
  watch.stopAll();
});

test("its timer belongs to no call, whichever sets it", () => {
  const scopes: unknown[] = [];
  const clock: Clock = {
    ...systemClock,
    setBackgroundTimer(callback, ms) {
      scopes.push(currentScope());
      return systemClock.setBackgroundTimer(callback, ms);
    },
  };
  const watch = new ConnectionTimers(clock, () => {});
  runInScope({ deadline: 0 } as CallScope, () => watch.start("silence", 5));
  expect(scopes).toEqual([undefined]);
  watch.stopAll();
});

test("a rate is twice itself at once, and comes back with time", () => {
  const bound = new RateLimit(10, systemClock);
  const take = (count: number): number =>
    Array.from({ length: count }, () => bound.take()).filter(Boolean).length;
  expect(take(100)).toBe(20);
  vi.advanceTimersByTime(500);
  expect(take(100)).toBe(5);
  vi.advanceTimersByTime(1_000_000);
  expect(take(100)).toBe(20);
});

test("16. resets are remembered up to a number; older ones get the benefit of the doubt", () => {
  const resets = new ResetStreams();
  for (let id = 1_001; id < 1_001 + 512; id += 2) resets.add(id);
  expect([resets.excuses(999), resets.excuses(1_001), resets.excuses(1_002)]).toEqual([
    false,
    true,
    false,
  ]);
  resets.add(5_001);
  expect([
    resets.excuses(999),
    resets.excuses(1_001),
    resets.excuses(1_003),
    resets.excuses(3_001),
  ]).toEqual([true, true, true, false]);
});

test("30. a stream is found by its id, never by its place: old ones beside new ones, up to the last id", () => {
  const table = new StreamTable<{ readonly id: number }>();
  const live = new Set<number>();
  const check = (id: number): void =>
    expect(table.get(id)?.id, String(id)).toBe(live.has(id) ? id : undefined);
  for (let call = 0; call < 20_000; call++) {
    const id = call * 2 + 1;
    table.add({ id });
    live.add(id);
    if (call % 500 !== 0) {
      table.delete(id);
      live.delete(id);
    }
    check(id);
    if (call % 100 === 0) for (const one of live) check(one);
  }
  for (const id of [0x7fff_fffd, 0x7fff_ffff]) {
    table.add({ id });
    live.add(id);
    check(id);
  }
  expect(table.size).toBe(live.size);
  expect(table.all().map(({ id }) => id)).toEqual([...live]);
  table.delete(1);
  table.delete(1);
  expect([table.size, table.get(1)]).toEqual([live.size - 1, undefined]);
});

test("30. slabs belong to the process, and only so many are kept", () => {
  const slabs = Array.from({ length: 100 }, () => takeSlab());
  expect(new Set(slabs).size).toBe(100);
  for (const slab of slabs) giveSlab(slab);
  const again = Array.from({ length: 100 }, () => takeSlab());
  expect(again.filter((slab) => slabs.includes(slab))).toHaveLength(64);
  giveSlab(Buffer.alloc(SLAB_BYTES * 2));
  expect(takeSlab().length).toBe(SLAB_BYTES);
});
