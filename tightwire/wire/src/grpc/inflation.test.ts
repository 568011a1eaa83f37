import { randomBytes } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { type Clock, systemClock } from "@tightwire/core/runtime";
import { describe, expect, test } from "vitest";
import type { Compression, Decompressed } from "./compression.js";
import { Inflation } from "./inflation.js";

const MAX_MESSAGE_BYTES = 4_000_000;
const MIB = 1_048_576;

/** A clock whose time, turns and threads go on when the test says so. */
function createStage(maxInflatedBytesPerSecond = Number.MAX_SAFE_INTEGER) {
  let now = 0;
  const threads: (() => void)[] = [];
  const turns: (() => void)[] = [];
  const timers: { at: number; callback: () => void }[] = [];
  const log: string[] = [];
  const clock: Clock = {
    ...systemClock,
    now: () => now,
    nextTurn: (callback) => void turns.push(callback),
    setBackgroundTimer(callback, ms) {
      timers.push({ at: now + ms, callback });
      return { cancel() {} };
    },
    offload: (work, done) =>
      void threads.push(() => {
        try {
          done(null, work.runSync());
        } catch (error) {
          done(error as Error);
        }
      }),
  };
  return {
    log,
    threads,
    connect: () => new Inflation(clock, { maxInflatedBytesPerSecond }, MAX_MESSAGE_BYTES),
    /** Inflates, and logs what comes later by `name`. */
    inflate(to: Inflation, name: string, bytes: Buffer, compression: Compression = "gzip") {
      const later = (result: Decompressed) => void log.push(`${name} ${sizeOf(result)}`);
      return sizeOf(to.inflate(compression, bytes, () => !name.startsWith("unwanted"), later));
    },
    endTurn: () => turns.splice(0).forEach((callback) => void callback()),
    /** Lets threads finish what they have, one after the other, until none has anything. */
    finish() {
      for (let next = threads.shift(); next !== undefined; next = threads.shift()) next();
    },
    pass(ms: number) {
      now += ms;
      for (const one of timers.splice(0)) {
        if (one.at <= now) one.callback();
        else timers.push(one);
      }
    },
  };
}

function sizeOf(result: Decompressed | undefined): string | number | undefined {
  return typeof result === "object" ? result.length : result;
}

const zeros = (bytes: number): Buffer => gzipSync(Buffer.alloc(bytes), { level: 9 });

describe("a message", () => {
  test("that is small and stays small is inflated at once, gzip or deflate", () => {
    const { connect, inflate } = createStage();
    expect(inflate(connect(), "", zeros(32_768))).toBe(32_768);
    expect(inflate(connect(), "", deflateSync(Buffer.alloc(32_768)), "deflate")).toBe(32_768);
    expect(inflate(connect(), "", gzipSync(""))).toBe(0);
    expect(inflate(connect(), "", deflateSync(""), "deflate")).toBe(0);
  });

  test.each<[string, Buffer, Compression]>([
    ["that is large", gzipSync(randomBytes(5_000)), "gzip"],
    ["that is small and says that much comes out", zeros(MIB), "gzip"],
    ["that says a lie", Buffer.concat([zeros(MIB), Buffer.alloc(4)]), "gzip"],
    ["that does not say what comes out", deflateSync(Buffer.alloc(MIB), { level: 9 }), "deflate"],
  ])("%s is for a thread, and comes whole", (_what, bytes, compression) => {
    const { connect, inflate, finish, log } = createStage();
    expect(inflate(connect(), "it", bytes, compression)).toBeUndefined();
    finish();
    expect(log).toEqual([bytes.length > 5_000 ? "it 5000" : `it ${MIB}`]);
  });

  test("larger than allowed stops at the limit", () => {
    const { connect, inflate, finish, log } = createStage();
    inflate(connect(), "gzip", zeros(MAX_MESSAGE_BYTES + 1));
    inflate(connect(), "exact", zeros(MAX_MESSAGE_BYTES));
    inflate(connect(), "deflate", deflateSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1)), "deflate");
    finish();
    expect(log).toEqual(["gzip too large", `exact ${MAX_MESSAGE_BYTES}`, "deflate too large"]);
  });

  test("that is malformed, or in another format, is broken", () => {
    const { connect, inflate, finish, log } = createStage();
    expect(inflate(connect(), "", Buffer.alloc(20))).toBe("broken");
    expect(inflate(connect(), "", Buffer.alloc(0))).toBe("broken");
    expect(inflate(connect(), "", deflateRawSync("x"), "deflate")).toBe("broken");
    expect(inflate(connect(), "", gzipSync("x"), "deflate")).toBe("broken");
    inflate(connect(), "other", deflateSync("text"));
    inflate(connect(), "cut", zeros(MIB).subarray(0, -100));
    inflate(connect(), "large", Buffer.concat([zeros(MIB).subarray(0, -8), randomBytes(5_000)]));
    finish();
    expect(log).toEqual(["other broken", "cut broken", "large broken"]);
  });

  test("that nobody wants any more takes no thread", () => {
    const { connect, inflate, finish, log } = createStage();
    const connection = connect();
    for (const name of ["first", "unwanted", "unwanted too", "last"])
      inflate(connection, name, zeros(MIB));
    finish();
    expect(log).toEqual([`first ${MIB}`, `last ${MIB}`]);
  });
});

describe("this thread", () => {
  const SMALL = zeros(8_192);

  /** How many of so many small messages are inflated at once. */
  function atOnce(stage: ReturnType<typeof createStage>, to: Inflation, count: number): number {
    return Array.from({ length: count }, () => stage.inflate(to, "", SMALL)).filter(
      (result) => result !== undefined,
    ).length;
  }

  test("inflates 512 KiB of a connection in a turn, what each message costs included", () => {
    const stage = createStage();
    const connection = stage.connect();
    expect(atOnce(stage, connection, 100)).toBe(43); // of 12 KiB each
    stage.endTurn();
    expect(atOnce(stage, connection, 100)).toBe(43);
  });

  test("inflates 1 MiB of all connections in a turn", () => {
    const stage = createStage();
    const counts = Array.from({ length: 10 }, () => atOnce(stage, stage.connect(), 100));
    expect(counts.reduce((sum, count) => sum + count)).toBe(86); // of 12 KiB each
  });

  test("counts what a lie cost", () => {
    const stage = createStage();
    const connection = stage.connect();
    const lie = Buffer.concat([zeros(MIB), Buffer.alloc(4)]);
    for (let count = 0; count < 15; count++) stage.inflate(connection, "", lie);
    expect(atOnce(stage, connection, 1)).toBe(0); // of 36 KiB each
  });
});

describe("threads", () => {
  test("serve connections in turn, and one message of a connection at a time", () => {
    const { connect, inflate, finish, threads, log } = createStage();
    const [bombs, honest] = [connect(), connect()];
    for (let count = 0; count < 100; count++) inflate(bombs, "bomb", zeros(MIB));
    inflate(honest, "honest", zeros(MIB));
    expect(threads.length).toBeLessThanOrEqual(2);
    finish();
    expect(log.indexOf(`honest ${MIB}`)).toBeLessThanOrEqual(1);
    expect(log).toHaveLength(101);
  });

  test("are three at most for all connections", () => {
    const { connect, inflate, threads } = createStage();
    for (let count = 0; count < 100; count++) inflate(connect(), "", zeros(MIB));
    expect(threads.length).toBeGreaterThan(0);
    expect(threads.length).toBeLessThanOrEqual(3);
  });
});

describe("maxInflatedBytesPerSecond", () => {
  test("twice as much comes at once; then messages wait, in order, and small ones too", () => {
    const { connect, inflate, finish, pass, log } = createStage(MIB);
    const connection = connect();
    for (const size of [2 * MIB, MIB]) inflate(connection, "it", zeros(size));
    finish();
    expect(inflate(connection, "last", zeros(100))).toBeUndefined();
    expect(log).toEqual([`it ${2 * MIB}`]);
    pass(1);
    finish();
    expect(log).toEqual([`it ${2 * MIB}`, `it ${MIB}`]);
    for (let step = 0; step < 101; step++) {
      pass(10);
      finish();
    }
    expect(log).toEqual([`it ${2 * MIB}`, `it ${MIB}`, "last 100"]);
  });

  test("holds over any time, and beside another connection", () => {
    const { connect, inflate, finish, pass, log } = createStage(MIB);
    const connection = connect();
    for (let count = 0; count < 1_000; count++) inflate(connection, "it", zeros(50_000));
    pass(60_000); // what was not used in a minute is no more than twice the rate
    finish();
    for (let step = 0; step < 1_000; step++) {
      pass(10);
      finish();
    }
    const inflated = log.length * 50_000;
    expect(inflated).toBeLessThan(12.2 * MIB);
    expect(inflated).toBeGreaterThan(11.8 * MIB);
    expect(inflate(connect(), "", zeros(100))).toBe(100);
  });
});
