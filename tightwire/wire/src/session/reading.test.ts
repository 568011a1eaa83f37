import { type Clock, SYSTEM } from "@tightwire/core/runtime";
import { describe, expect, test } from "vitest";
import type { FrameHandler } from "../frames/frame.js";
import { rawFrame } from "../frames/raw-frame.test-support.js";
import { silentTransport } from "./byte-transport.test-support.js";
import { Reading } from "./reading.js";

const PING = 6;
const SETTINGS = rawFrame(4, 0, 0);

/** A clock whose time and turns pass when the test says so. */
function createWorld() {
  let turns: (() => void)[] = [];
  const world = {
    now: 0,
    clock: undefined as unknown as Clock,
    turn() {
      const due = turns;
      turns = [];
      for (const callback of due) callback();
    },
    get waits() {
      return turns.length > 0;
    },
  };
  world.clock = {
    ...SYSTEM.clock,
    now: () => world.now,
    nextTurn: (callback) => void turns.push(callback),
  };
  return world;
}

/** A connection that counts the PINGs that it reads, each of which takes `costMs`. */
function connect(world: ReturnType<typeof createWorld>, costMs: () => number = () => 0) {
  const seen = { pings: [] as number[], paused: 0, resumed: 0, reads: 0 };
  const frames: Partial<FrameHandler> = {
    closed: false,
    settings() {},
    ping(bytes, start) {
      seen.pings.push(bytes.readUInt32BE(start + 4));
      world.now += costMs();
    },
  };
  const connection = {
    closed: false,
    side: { kind: "server" as const },
    clock: world.clock,
    frames: frames as FrameHandler,
    transport: silentTransport({
      pause: () => void seen.paused++,
      resume: () => void seen.resumed++,
    }),
    account: {
      heldBytes: 0,
      moveUndecoded() {},
      moveUnparsed(bytes: number) {
        this.heldBytes += bytes;
      },
    },
    output: { position: 0 },
    timers: { has: () => false, start() {}, stop() {} } as never,
    limits: { headersTimeoutMs: 1 },
    bytesRead: () => void seen.reads++,
    readingFailed(error: unknown) {
      throw error;
    },
  };
  const reading = new Reading(connection);
  reading.receive(SETTINGS);
  return { reading, seen, connection };
}

function pings(count: number, first = 0): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const payload = Buffer.alloc(8);
      payload.writeUInt32BE(first + index, 4);
      return rawFrame(PING, 0, 0, payload);
    }),
  );
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("frames in turns of the event loop", () => {
  test("what is more than a turn's waits, in order", () => {
    const world = createWorld();
    const { reading, seen } = connect(world);
    reading.receive(pings(1_000));
    expect(seen.pings.length).toBeLessThan(100);
    reading.receive(pings(10, 1_000));
    for (let turn = 0; world.waits; turn++) {
      expect(turn).toBeLessThan(15);
      world.turn();
    }
    expect(seen).toMatchObject({ pings: upTo(1_010), paused: 0 });
  });

  test("while much waits the transport is paused", () => {
    const world = createWorld();
    const { reading, seen } = connect(world);
    reading.receive(pings(10_000));
    expect(seen).toMatchObject({ paused: 0 });
    reading.receive(pings(10_000, 10_000));
    expect(seen).toMatchObject({ paused: 1, resumed: 0 });
    // Over TLS a little more comes all the same.
    reading.receive(pings(10, 20_000));
    while (world.waits) world.turn();
    expect(seen).toMatchObject({ pings: upTo(20_010), paused: 1, resumed: 1 });
  });

  test("turns that take long have fewer frames, and quick ones more again", () => {
    const world = createWorld();
    let costMs = 5;
    const { reading, seen } = connect(world, () => costMs);
    connect(world);
    reading.receive(pings(20_000));
    const inTurn = (): number => {
      const before = seen.pings.length;
      world.turn();
      return seen.pings.length - before;
    };
    for (let turn = 0; turn < 5; turn++) inTurn();
    expect(inTurn()).toBeLessThanOrEqual(12);
    costMs = 0.001;
    for (let turn = 0; turn < 10; turn++) inTurn();
    expect(inTurn()).toBeGreaterThan(1_000);
  });

  test("a turn may take longer while one connection is the only one that is read", () => {
    const world = createWorld();
    const lone = connect(world, () => 5);
    lone.reading.receive(pings(20_000));
    const inTurn = (): number => {
      const before = lone.seen.pings.length;
      world.turn();
      return lone.seen.pings.length - before;
    };
    for (let turn = 0; turn < 10; turn++) inTurn();
    expect(inTurn()).toBeGreaterThanOrEqual(20);
    connect(world).reading.receive(pings(1));
    inTurn();
    inTurn();
    expect(inTurn()).toBeLessThanOrEqual(4);
    for (let turn = 0; turn < 200; turn++) inTurn();
    expect(inTurn()).toBeGreaterThanOrEqual(20);
  });

  test("a connection that sends little is not behind one that sends much", () => {
    const world = createWorld();
    const much = connect(world, () => 5);
    much.reading.receive(pings(5_000));
    for (let turn = 0; turn < 10; turn++) {
      world.turn();
      const little = connect(world);
      little.reading.receive(pings(8));
      expect(little.seen.pings).toEqual(upTo(8));
    }
    expect(much.seen.pings.length).toBeLessThan(5_000);
  });

  test("of those that wait the one that cost least is read first", () => {
    const world = createWorld();
    const heavy = Array.from({ length: 10 }, () => connect(world, () => 1));
    for (const { reading } of heavy) reading.receive(pings(1_000));
    for (let turn = 0; turn < 20; turn++) world.turn();
    connect(world, () => 1).reading.receive(pings(1_000));
    const light = connect(world, () => 1);
    light.reading.receive(pings(6));
    expect(light.seen.pings).toEqual(upTo(2));
    world.turn();
    expect(light.seen.pings).toEqual(upTo(6));
  });

  test("one that was sent much, or has much kept for it, cost more than one that was not", () => {
    const world = createWorld();
    const { reading, connection } = connect(world);
    expect(reading.costMs).toBe(0);
    connection.account.heldBytes = 67_108_864;
    const heldMs = reading.costMs;
    expect(heldMs).toBeGreaterThan(10);
    connection.output.position = 67_108_864;
    reading.receive(pings(1));
    expect(reading.costMs).toBeGreaterThan(heldMs + 10);
    connection.account.heldBytes = 0;
    const writtenMs = reading.costMs;
    connect(world, () => 1).reading.receive(pings(2_000));
    for (let turn = 0; turn < 50; turn++) world.turn();
    expect(reading.costMs).toBeLessThan(writtenMs / 10);
  });

  test("those that wait longest take turns: each gets on", () => {
    const world = createWorld();
    const all = Array.from({ length: 10 }, () => connect(world, () => 1));
    for (const { reading } of all) reading.receive(pings(200));
    for (let turn = 0; turn < 100; turn++) world.turn();
    const counts = all.map(({ seen }) => seen.pings.length);
    // A few turns of ten frames, of 150.
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(40);
  });

  test("what waits counts as held until it was read or dropped", () => {
    const world = createWorld();
    const { reading, connection } = connect(world);
    reading.receive(pings(1_000));
    expect(connection.account.heldBytes).toBeGreaterThan(15_000);
    for (let turn = 0; turn < 15; turn++) world.turn();
    expect(connection.account.heldBytes).toBe(0);
    reading.receive(pings(1_000));
    reading.close();
    expect(connection.account.heldBytes).toBe(0);
  });

  test("when no more comes all that waits is read at once; when it is closed nothing is", () => {
    const world = createWorld();
    const ended = connect(world);
    ended.reading.receive(pings(1_000));
    ended.reading.finish();
    expect(ended.seen.pings).toEqual(upTo(1_000));
    const closed = connect(world);
    closed.reading.receive(pings(1_000));
    const { length } = closed.seen.pings;
    closed.connection.closed = true;
    closed.reading.close();
    world.turn();
    world.turn();
    expect(closed.seen.pings).toHaveLength(length);
    expect(closed.seen.resumed).toBe(0);
  });
});
