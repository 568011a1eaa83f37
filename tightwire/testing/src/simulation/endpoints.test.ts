import { type Channel, type ChannelOptions, createClient } from "@tightwire/client";
import { RpcError } from "@tightwire/core";
import { describe, expect, test } from "vitest";
import { Echo, type EchoClient, type EchoOptions, serveEcho } from "./echo.test-support.js";
import { simulate } from "./simulate.js";
import type { World } from "./world.js";

// How a channel spreads calls over the endpoints of its target.

/** Instances `echo-1` to `echo-n` behind the name `echo`, and a client of theirs. */
function openWorld(
  world: World,
  instances: number,
  options: ChannelOptions = {},
  serve: (name: string) => EchoOptions = () => ({}),
) {
  const names = Array.from({ length: instances }, (_, index) => `echo-${index + 1}`);
  for (const name of names) world.host(name, (process) => serveEcho(process, serve(name)));
  world.setName("echo", names);
  const channel = world.host("shop").process.channel("dns:///echo:50051", options);
  return { names, channel, echo: createClient(Echo, channel) };
}

/** Makes calls, `inFlight` at once; tells how many each instance served, failures as `failed`. */
async function callMany(echo: EchoClient, calls: number, inFlight: number) {
  const served = new Map<string, number>();
  let left = calls;
  async function repeat(): Promise<void> {
    while (left-- > 0) {
      const by = await echo.say({ text: "x" }).then(
        ({ text }) => text.split(" ")[0] as string,
        () => "failed",
      );
      served.set(by, (served.get(by) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, repeat));
  return (name: string) => served.get(name) ?? 0;
}

/** The same test for each balancer. */
const BALANCERS = ["least-loaded", "round-robin"] as const;
/** A call per endpoint, so that all are connected to, and the ramp of fresh ones. */
async function warmUp(world: World, echo: EchoClient): Promise<void> {
  await callMany(echo, 30, 1);
  await world.sleep(11_000);
}

describe.each(BALANCERS)("%s", (balancer) => {
  test("equal endpoints get equal shares, within a tenth", async () => {
    for (const [seed, inFlight] of [
      [1, 1],
      [2, 16],
      [3, 64],
    ] as const)
      await simulate({ seed }, async (world) => {
        const { names, channel, echo } = openWorld(world, 3, { balancer });
        await warmUp(world, echo);
        const served = await callMany(echo, 3_000, inFlight);
        for (const name of names) {
          expect(served(name)).toBeGreaterThan(900);
          expect(served(name)).toBeLessThan(1_100);
        }
        await channel.close();
      });
  });

  test("an endpoint that crashes gets no calls, and gets them again when it is back", async () => {
    await simulate({ seed: 4 }, async (world) => {
      const { channel, echo } = openWorld(world, 3, { balancer });
      await warmUp(world, echo);
      const at = world.now();
      world.plan({ kind: "crash", hosts: ["echo-2"], atMs: at + 50, forMs: 20_000 });
      await world.sleep(1_000);
      const without = await callMany(echo, 100, 4);
      expect([without("echo-2"), without("failed")]).toEqual([0, 0]);
      await world.faultsOver();
      await world.sleep(25_000);
      const again = await callMany(echo, 300, 4);
      expect(again("echo-2")).toBeGreaterThan(50);
      await channel.close();
    });
  });

  test("addresses that a name gains and loses are used and left", async () => {
    await simulate({ seed: 5 }, async (world) => {
      const { channel, echo } = openWorld(world, 3, { balancer });
      world.setName("echo", ["echo-1", "echo-2"]);
      const first = await callMany(echo, 100, 4);
      expect(first("echo-3")).toBe(0);
      world.setName("echo", ["echo-2", "echo-3"]);
      await world.sleep(31_000);
      await callMany(echo, 1, 1);
      await world.sleep(31_000);
      const second = await callMany(echo, 200, 4);
      expect([second("echo-1"), second("failed")]).toEqual([0, 0]);
      expect(second("echo-3")).toBeGreaterThan(50);
      await channel.close();
    });
  });

  test("an endpoint that only fails is set aside, and tried again now and then", async () => {
    await simulate({ seed: 6 }, async (world) => {
      const asked: number[] = [];
      let broken = true;
      const { channel, echo } = openWorld(world, 3, { balancer }, (name) => ({
        said() {
          if (name !== "echo-2") return;
          asked.push(world.now());
          if (broken) throw new RpcError("unavailable", "no database");
        },
      }));
      await warmUp(world, echo);
      await callMany(echo, 100, 1);
      const before = asked.length;
      for (let second = 0; second < 60; second++) {
        await callMany(echo, 20, 1);
        await world.sleep(900);
      }
      // After 1 s, 2 s, 4 s and so on up to 30 s, give or take a quarter.
      expect(asked.length - before).toBeGreaterThan(3);
      expect(asked.length - before).toBeLessThan(9);
      broken = false;
      await callMany(echo, 1, 1);
      await world.sleep(40_000);
      await callMany(echo, 2, 1);
      const healed = await callMany(echo, 300, 1);
      expect(healed("echo-2")).toBeGreaterThan(90);
      await channel.close();
    });
  });

  test("when all fail, half of them stay in use", async () => {
    await simulate({ seed: 7 }, async (world) => {
      const { channel, echo } = openWorld(world, 5, { balancer }, () => ({
        said() {
          throw new RpcError("unavailable", "no database");
        },
      }));
      await callMany(echo, 200, 4);
      const states = channel.endpoints().map(({ state }) => state);
      expect(states.toSorted()).toEqual(["ready", "ready", "ready", "set-aside", "set-aside"]);
      await channel.close();
    });
  });
});

test("least-loaded leaves an endpoint that is five times slower, and comes back to it", async () => {
  await simulate({ seed: 8 }, async (world) => {
    let slow = 5;
    const { channel, echo } = openWorld(world, 3, {}, (name) => ({
      takesMs: () => (name === "echo-3" ? slow : 5),
    }));
    await warmUp(world, echo);
    slow = 25;
    await callMany(echo, 300, 16);
    const while25 = await callMany(echo, 3_000, 16);
    expect(while25("echo-3")).toBeLessThan(500);
    slow = 5;
    for (let second = 0; second < 60; second++) {
      await callMany(echo, 20, 4);
      await world.sleep(900);
    }
    const again = await callMany(echo, 3_000, 16);
    expect(again("echo-3")).toBeGreaterThan(850);
    await channel.close();
  });
});

test("pick-first keeps to one endpoint until it is lost", async () => {
  await simulate({ seed: 9 }, async (world) => {
    const { channel, echo } = openWorld(world, 3, { balancer: "pick-first" });
    const first = await callMany(echo, 100, 4);
    expect(first("echo-1")).toBe(100);
    world.plan({ kind: "crash", hosts: ["echo-1"], atMs: world.now() + 10, forMs: 60_000 });
    await world.sleep(1_000);
    const second = await callMany(echo, 100, 4);
    expect(second("echo-2")).toBe(100);
    await channel.close();
  });
});

test("a balancer of the user's picks; what it throws costs no call", async () => {
  await simulate({ seed: 10 }, async (world) => {
    const seen: string[][] = [];
    const { channel, echo } = openWorld(world, 3, {
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      balancer: () => ({
        pick(candidates) {
          seen.push(candidates.map(({ address }) => address));
          if (seen.length > 10) throw new Error("boom");
          return candidates.at(-1) as (typeof candidates)[number];
        },
      }),
    });
    await warmUp(world, echo);
    const served = await callMany(echo, 20, 1);
    expect([served("failed"), served("echo-1")]).toEqual([0, 20]);
    expect(seen.at(-1)).toEqual(["10.0.0.1:50051", "10.0.0.2:50051", "10.0.0.3:50051"]);
    await channel.close();
  });
});

test("calls fail at once while no endpoint accepts, with the reason of each", async () => {
  await simulate({ seed: 11 }, async (world) => {
    world.host("echo-1");
    world.host("echo-2");
    world.setName("echo", ["echo-1", "echo-2"]);
    const channel: Channel = world.host("shop").process.channel("dns:///echo:50051");
    const echo = createClient(Echo, channel);
    const error = (await echo.say({ text: "a" }).catch((thrown: unknown) => thrown)) as RpcError;
    expect(error.message).toMatch(
      /^cannot connect to dns:\/\/\/echo:50051: .*10\.0\.0\.1.*; .*10\.0\.0\.2/,
    );
    await channel.close();
  });
});

test("a name that cannot be looked up fails calls with its reason, and works once it can", async () => {
  await simulate({ seed: 12 }, async (world) => {
    world.host("echo-1", serveEcho);
    const channel = world.host("shop").process.channel("dns:///echo:50051");
    const echo = createClient(Echo, channel);
    await expect(echo.say({ text: "a" })).rejects.toThrow("ENOTFOUND echo");
    world.setName("echo", ["echo-1"]);
    await world.sleep(10_000);
    expect((await echo.say({ text: "b" })).text).toBe("echo-1 b");
    await channel.close();
  });
});

test("a name that stops resolving keeps its endpoints, and that is said once", async () => {
  await simulate({ seed: 13 }, async (world) => {
    const said: string[] = [];
    const logger = {
      debug() {},
      info() {},
      warn() {},
      error: (_fields: unknown, message: string) => void said.push(message),
    };
    const { channel, echo } = openWorld(world, 2, { logger });
    await callMany(echo, 20, 4);
    world.setName("echo", []);
    for (let minute = 0; minute < 10; minute++) {
      await world.sleep(60_000);
      const served = await callMany(echo, 20, 4);
      expect(served("failed")).toBe(0);
    }
    expect(said).toHaveLength(1);
    await channel.close();
  });
});

describe("what is left of a channel with several endpoints", () => {
  test("a call after it was closed fails at once", async () => {
    await simulate({ seed: 14 }, async (world) => {
      const { channel, echo } = openWorld(world, 3);
      await callMany(echo, 10, 2);
      await channel.close();
      const before = world.now();
      await expect(echo.say({ text: "late" })).rejects.toThrow("the channel was closed");
      expect(world.now()).toBe(before);
    });
  });

  test("calls on an endpoint that left its name end when the channel is closed", async () => {
    await simulate({ seed: 15 }, async (world) => {
      const { channel, echo } = openWorld(world, 2, { balancer: "round-robin" });
      await callMany(echo, 10, 2);
      const streams = [1, 2].map(() => echo.count({ text: "100000" })[Symbol.asyncIterator]());
      await Promise.all(streams.map((stream) => stream.next()));
      world.setName("echo", ["echo-1"]);
      await world.sleep(31_000);
      await callMany(echo, 1, 1);
      await world.sleep(31_000);
      expect(channel.endpoints()).toHaveLength(1);
      await Promise.all(streams.map((stream) => stream.next()));
      const ends = streams.map(async (stream) => {
        for (;;) if ((await stream.next()).done === true) return "done";
      });
      const closed = channel.close();
      for (const end of ends) await expect(end).rejects.toThrow("the channel was closed");
      await closed;
    });
  });

  test("attempts are counted once, whatever ends them", async () => {
    await simulate({ seed: 16 }, async (world) => {
      const abort = { controller: new AbortController(), now: false };
      const { channel, echo } = openWorld(world, 3, {
        observers: [
          {
            started: () => ({
              attempt() {
                if (abort.now) abort.controller.abort();
              },
              finished() {},
            }),
          },
        ],
      });
      await warmUp(world, echo);
      abort.now = true;
      const say = echo.say as (request: object, options: object) => Promise<unknown>;
      const count = echo.count as (request: object, options: object) => AsyncIterable<unknown>;
      for (let call = 0; call < 9; call++) {
        abort.controller = new AbortController();
        const { signal } = abort.controller;
        await expect(say({ text: "a" }, { signal })).rejects.toThrow("aborted");
        abort.controller = new AbortController();
        const stream = count({ text: "9" }, { signal: abort.controller.signal });
        await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("aborted");
      }
      abort.now = false;
      await callMany(echo, 10, 3);
      expect(channel.endpoints().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
      await channel.close();
    });
  });
});

describe("probes", () => {
  /** Sets `echo-2` aside; then its time is over, and the next attempt is its probe. */
  async function openAside(world: World, options: ChannelOptions = {}) {
    const sick = { is: true };
    const opened = openWorld(world, 3, { balancer: "round-robin", ...options }, (name) => ({
      said() {
        if (sick.is && name === "echo-2") throw new RpcError("unavailable", "no database");
      },
    }));
    await callMany(opened.echo, 60, 1);
    const stateOf = (): string | undefined =>
      opened.channel.endpoints().find(({ address }) => address.startsWith("10.0.0.2"))?.state;
    expect(stateOf()).toBe("set-aside");
    await world.sleep(1_300);
    return { ...opened, sick, stateOf };
  }

  test("the first message of a stream is a good probe", async () => {
    await simulate({ seed: 17 }, async (world) => {
      const { channel, echo, stateOf } = await openAside(world);
      const stream = echo.count({ text: "1000" })[Symbol.asyncIterator]();
      await stream.next();
      expect(stateOf()).toBe("ready");
      await stream.return?.();
      await channel.close();
    });
  });

  test("a caller who goes away decides nothing: the next attempt is the probe", async () => {
    await simulate({ seed: 18 }, async (world) => {
      const { channel, echo, sick, stateOf } = await openAside(world);
      sick.is = false;
      const controller = new AbortController();
      const say = echo.say as (request: object, options: object) => Promise<unknown>;
      const aborted = say({ text: "a" }, { signal: controller.signal });
      controller.abort();
      await expect(aborted).rejects.toThrow("aborted");
      expect(stateOf()).toBe("set-aside");
      expect((await echo.say({ text: "b" })).text).toBe("echo-2 b");
      expect(stateOf()).toBe("ready");
      await channel.close();
    });
  });

  test("none is left aside when its name has one instance", async () => {
    await simulate({ seed: 20 }, async (world) => {
      const { channel, echo, sick } = await openAside(world);
      sick.is = false;
      world.setName("echo", ["echo-2"]);
      await world.sleep(31_000);
      await callMany(echo, 1, 1);
      await world.sleep(31_000);
      const served = await callMany(echo, 10, 1);
      expect(served("echo-2")).toBe(10);
      expect(channel.endpoints().map(({ state }) => state)).toEqual(["ready"]);
      world.setName("echo", ["echo-1", "echo-2"]);
      await world.sleep(31_000);
      await callMany(echo, 1, 1);
      await world.sleep(31_000);
      const both = await callMany(echo, 20, 1);
      expect([both("echo-1"), both("echo-2")]).toEqual([10, 10]);
      await channel.close();
    });
  });
});

test("an endpoint that started again is as fast as before to least-loaded", async () => {
  await simulate({ seed: 21 }, async (world) => {
    let takesMs = 5;
    const { channel, echo } = openWorld(world, 3, {}, () => ({ takesMs: () => takesMs }));
    await warmUp(world, echo);
    takesMs = 200;
    world.plan({ kind: "crash", hosts: ["echo-2"], atMs: world.now() + 100, forMs: 3_000 });
    const troubled = await callMany(echo, 30, 30);
    expect(troubled("failed")).toBeGreaterThan(5);
    takesMs = 5;
    await world.faultsOver();
    // Connected to again, and past the ramp; an average of 3 s would not have faded.
    await world.sleep(16_000);
    await callMany(echo, 60, 3);
    const again = await callMany(echo, 3_000, 30);
    expect(again("echo-2")).toBeGreaterThan(850);
    await channel.close();
  });
});
