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
    clock: world.clock,
    frames: frames as FrameHandler,
    transport: silentTransport({
      pause: () => void seen.paused++,
      resume: () => void seen.resumed++,
    }),
    account: { moveUndecoded() {} },
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
  test("what is more than a turn's waits, in order, and the transport is paused until it was read", () => {
    const world = createWorld();
    const { reading, seen } = connect(world);
    reading.receive(pings(1_000));
    expect(seen.pings.length).toBeLessThan(30);
    expect(seen).toMatchObject({ paused: 1, resumed: 0 });
    // Over TLS a little more comes all the same.
    reading.receive(pings(10, 1_000));
    for (let turn = 0; world.waits; turn++) {
      expect(turn).toBeLessThan(15);
      world.turn();
    }
    expect(seen.pings).toEqual(upTo(1_010));
    expect(seen).toMatchObject({ paused: 1, resumed: 1 });
  });

  test("turns that take long have fewer frames, and quick ones more again", () => {
    const world = createWorld();
    let costMs = 5;
    const { reading, seen } = connect(world, () => costMs);
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
