import { type Endpoint, SYSTEM } from "@tightwire/core/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EndpointSource } from "./endpoint-source.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const at = (address: string, authority = "name:1"): Endpoint => ({ address, authority });

/** A source whose name has the addresses that the test gives it; none makes it fail. */
function openSource() {
  const heard: (readonly (readonly string[])[])[] = [];
  const reported: unknown[] = [];
  const state = { addresses: [at("10.0.0.1:1")] as readonly Endpoint[], lookups: 0, failed: 0 };
  const source = new EndpointSource({
    target: "dns:///name:1",
    async resolve() {
      state.lookups++;
      if (state.addresses.length === 0) throw new Error("ENOTFOUND name");
      return state.addresses;
    },
    ...SYSTEM,
    random: { ...SYSTEM.random, next: () => 1 },
    report: (thrown) => void reported.push(thrown),
  });
  source.listen(
    (groups) => void heard.push(groups.map((group) => group.map(({ address }) => address))),
    () => void state.failed++,
  );
  return { source, state, heard, reported };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("looks a name up when a call needs it, and every 30 s while calls are made", async () => {
  const { source, state } = openSource();
  await pass(60_000);
  expect(state.lookups).toBe(0);
  source.need();
  for (let second = 0; second < 95; second++) {
    source.used();
    await pass(1_000);
  }
  expect(state.lookups).toBe(4);
  source.close();
});

test("looks nothing up while no calls are made, and at once when one is again", async () => {
  const { source, state } = openSource();
  source.need();
  await pass(31_000);
  const before = state.lookups;
  await pass(3_600_000);
  expect(state.lookups - before).toBeLessThan(2);
  const idle = state.lookups;
  source.used();
  expect(state.lookups).toBe(idle + 1);
  source.close();
});

test("looks it up when an endpoint fails, at most once a second", async () => {
  const { source, state } = openSource();
  source.need();
  await pass(5_000);
  for (let count = 0; count < 20; count++) {
    source.suspect();
    await pass(100);
  }
  expect(state.lookups).toBeGreaterThan(2);
  expect(state.lookups).toBeLessThan(5);
  source.close();
});

test("keeps what it knows when the name is gone, and says so once", async () => {
  const { source, state, heard, reported } = openSource();
  source.need();
  await pass(0);
  state.addresses = [];
  for (let minute = 0; minute < 10; minute++) {
    source.used();
    await pass(60_000);
  }
  expect([heard.length, reported.length, state.failed]).toEqual([1, 1, 0]);
  state.addresses = [at("10.0.0.2:1")];
  source.used();
  await pass(60_000);
  source.used();
  await pass(60_000);
  expect(heard.at(-1)).toEqual([["10.0.0.2:1"]]);
  source.close();
});

test("a name that was never found fails with its reason, and is tried again with backoff", async () => {
  const { source, state } = openSource();
  state.addresses = [];
  source.need();
  await pass(0);
  expect([state.failed, source.failure]).toEqual([1, "ENOTFOUND name"]);
  source.need();
  expect(state.lookups).toBe(1);
  await pass(100);
  source.need();
  expect([state.lookups, source.failure]).toEqual([2, undefined]);
  source.close();
});

test("one IPv6 and one IPv4 address of a name are one endpoint, others one each", async () => {
  for (const [addresses, groups] of [
    [["[::1]:1", "127.0.0.1:1"], [["[::1]:1", "127.0.0.1:1"]]],
    [
      ["10.0.0.1:1", "10.0.0.2:1"],
      [["10.0.0.1:1"], ["10.0.0.2:1"]],
    ],
    [
      ["[::1]:1", "127.0.0.1:1", "10.0.0.2:1"],
      [["[::1]:1"], ["127.0.0.1:1"], ["10.0.0.2:1"]],
    ],
  ] as const) {
    const { source, state, heard } = openSource();
    state.addresses = addresses.map((address) => at(address));
    source.need();
    await pass(0);
    expect(heard).toEqual([groups]);
    source.close();
  }
  const { source, state, heard } = openSource();
  state.addresses = [at("[::1]:1", "[::1]:1"), at("127.0.0.1:1", "127.0.0.1:1")];
  source.need();
  await pass(0);
  expect(heard).toEqual([[["[::1]:1"], ["127.0.0.1:1"]]]);
  source.close();
});

test("nothing is left of a source that was closed", async () => {
  const { source, heard } = openSource();
  source.need();
  source.close();
  await pass(60_000);
  expect([heard, vi.getTimerCount()]).toEqual([[], 0]);
});
