import { createClient } from "@tightwire/client";
import { expect, test } from "vitest";
import { Echo, serveEcho } from "./echo.test-support.js";
import { SimulationError, simulate } from "./simulate.js";
import type { World } from "./world.js";

/** Each is run twice. */
const SEEDS = 200;

/** A server, and calls to it while things go wrong. */
async function troubled(world: World): Promise<void> {
  world.host("echo", serveEcho);
  const shop = world.host("shop");
  const channel = shop.process.channel("dns:///echo:50051");
  const echo = createClient(Echo, channel);
  world.planFaults({ count: 3, hosts: ["echo"], links: [["echo", "shop"]], withinMs: 20_000 });
  for (let call = 0; call < 20; call++) {
    await world.sleep(world.random.below(2_000));
    await echo.say({ text: "x".repeat(world.random.below(100_000)) }).catch(() => {});
  }
  await world.faultsOver();
  await world.sleep(10_000);
  // A connection to a host that vanished is found broken by the first call.
  const last = () => echo.say({ text: "in the end" });
  expect((await last().catch(last)).text).toBe("echo in the end");
  await channel.close();
}

test("calls go over the real wire in virtual time", async () => {
  const log = await simulate({ seed: 1 }, async (world) => {
    world.host("echo", serveEcho);
    const channel = world.host("shop").process.channel("dns:///echo:50051");
    const echo = createClient(Echo, channel);
    expect(await echo.say({ text: "hello" })).toEqual({ text: "echo hello" });
    const numbers: string[] = [];
    for await (const message of echo.count({ text: "6000" })) numbers.push(message.text);
    expect(numbers).toHaveLength(6_000);
    expect(world.now()).toBeGreaterThan(600_000);
    await channel.close();
  });
  expect(log.map((line) => line.slice(14))).toEqual([
    "#1 shop Say starts",
    "shop connected to echo",
    "#1 shop Say goes to 10.0.0.1:50051",
    "#1 shop Say finishes: ok",
    "#2 shop Count starts",
    "#2 shop Count goes to 10.0.0.1:50051",
    "#2 shop Count finishes: ok",
  ]);
});

test("the same seed gives the same log, and another seed another one", async () => {
  const logs = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const [once, again] = [await simulate({ seed }, troubled), await simulate({ seed }, troubled)];
    expect(again).toEqual(once);
    logs.add(once.join("\n"));
  }
  expect(logs.size).toBe(SEEDS);
});

test("a failure names the seed and the faults that matter", async () => {
  const failing = simulate({ seed: 3 }, async (world) => {
    world.host("echo", serveEcho);
    const channel = world.host("shop").process.channel("dns:///echo:50051");
    const echo = createClient(Echo, channel);
    const cut = { kind: "cut", hosts: ["echo", "shop"], forMs: 9_000 } as const;
    world.plan({ kind: "slow-link", hosts: ["echo", "shop"], atMs: 100, forMs: 50 });
    world.plan({ ...cut, atMs: 1_000 });
    world.plan({ kind: "freeze", hosts: ["echo"], atMs: 20_000, forMs: 10 });
    await echo.say({ text: "a" });
    await world.sleep(2_000);
    await echo.say({ text: "b" });
    await channel.close();
  });
  const error = (await failing.catch((thrown: unknown) => thrown)) as SimulationError;
  expect(error).toBeInstanceOf(SimulationError);
  expect(error.faults.map(({ kind }) => kind)).toEqual(["cut"]);
  expect(error.message).toMatch(
    /^seed 3: the deadline passed after 3000 ms[^\n]*\nwith these faults:\n {2}cut of echo - shop, at 1,000 ms for 9,000 ms\nthe last of \d+ lines:\n/,
  );
  expect(error.message).toContain("#2 shop Say finishes: deadline_exceeded");
});

test("what is left at the end is a failure", async () => {
  const failing = simulate({ seed: 4 }, async (world) => {
    world.host("echo", serveEcho);
    const channel = world.host("shop").process.channel("dns:///echo:50051");
    await createClient(Echo, channel).say({ text: "a" });
  });
  await expect(failing).rejects.toThrow("something is left: ");
});

test("faults of a link that overlap leave it as it was", async () => {
  await simulate({ seed: 5 }, async (world) => {
    for (const name of ["one", "other"]) world.host(name);
    const hosts = ["one", "other"] as const;
    const link = world.link("one", "other");
    for (const kind of ["slow-link", "jitter", "cut"] as const) {
      world.plan({ kind, hosts, atMs: 10, forMs: 30 });
      world.plan({ kind, hosts, atMs: 20, forMs: 40 });
    }
    await world.sleep(50);
    expect([link.latencyMs, link.jitterMs, link.isCut]).toEqual([100.5, 200.5, true]);
    await world.faultsOver();
    expect([link.latencyMs, link.jitterMs, link.isCut]).toEqual([0.5, 0.5, false]);
  });
});
