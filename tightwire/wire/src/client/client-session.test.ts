import { Metadata } from "@tightwire/core";
import {
  type Completion,
  type OutgoingCall,
  type Report,
  type ResponseSink,
  StatusNumber,
  SYSTEM,
  type UnarySink,
} from "@tightwire/core/runtime";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { rawFrame } from "../frames/raw-frame.test-support.js";
import { silentTransport } from "../session/byte-transport.test-support.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { ClientSession } from "./client-session.js";

const CALL: OutgoingCall = {
  path: "/a/B",
  metadata: new Metadata(),
  deadline: Number.POSITIVE_INFINITY,
  compress: false,
  previousAttempts: 0,
};

/** SETTINGS with one setting. */
function setting(id: number, value: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id);
  payload.writeUInt32BE(value, 2);
  return rawFrame(4, 0, 0, payload);
}

/**
 * A whole answer to a unary call: `:status` 200, its content type, an empty message, `grpc-status`
 * 0.
 */
function answer(streamId: number): Buffer {
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  const head = Buffer.concat([Buffer.of(0x88, 0x0f, 0x10), text("application/grpc")]);
  const trailers = Buffer.concat([Buffer.of(0x00), text("grpc-status"), text("0")]);
  return Buffer.concat([
    rawFrame(1, 4, streamId, head),
    rawFrame(0, 0, streamId, Buffer.alloc(5)),
    rawFrame(1, 5, streamId, trailers),
  ]);
}

/** A session over a transport in memory; `sent` gathers what it wrote. */
function createSession(
  firstStreamId: number,
  report?: Report,
): {
  session: ClientSession;
  log: string[];
  streams(): number[];
  /** The stream and the code of each RST_STREAM that it wrote. */
  resets(): number[][];
  writes(): number;
  ended(): boolean;
  call(): Completion[];
} {
  const log: string[] = [];
  const written: Buffer[] = [];
  let ended = false;
  const transport = silentTransport({
    write: (bytes) => void written.push(Buffer.from(bytes)),
    whenWritten: (callback) => setImmediate(callback),
    end: () => {
      ended = true;
    },
  });
  const options = {
    ...SYSTEM,
    // Of its own: how much is read in a turn does not depend on other sessions.
    clock: { ...SYSTEM.clock },
    limits: DEFAULT_LIMITS,
    maxMessageBytes: 1_000,
    keepaliveMs: Number.POSITIVE_INFINITY,
    pingTimeoutMs: 5_000,
    keepaliveTimeoutMs: 1_000,
    scheme: "http" as const,
    authority: "a",
    report,
    firstStreamId,
  };
  const session = new ClientSession(transport, options, {
    ready: () => log.push("ready"),
    state: (state) => log.push(state),
    busy: () => {},
    tooManyPings: () => {},
  });
  /** What it wrote of one kind of frame. */
  function framesOf(type: number): Buffer[] {
    const bytes = Buffer.concat(written).subarray(24);
    const found: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3))
      if (bytes[at + 3] === type) found.push(bytes.subarray(at));
    return found;
  }
  return {
    session,
    log,
    ended: () => ended,
    writes: () => written.length,
    streams: () => framesOf(1).map((one) => one.readUInt32BE(5)),
    resets: () => framesOf(3).map((one) => [one.readUInt32BE(5), one.readUInt32BE(9)]),
    call() {
      const ends: Completion[] = [];
      session.unary(CALL, new Uint8Array(), { finished: (end) => void ends.push(end) });
      return ends;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("17. the last stream ids", () => {
  test("17. are used up to 2^31-1, then the connection takes no more, ends those it has, and leaves", async () => {
    const { session, log, streams, call, ended } = createSession(0x7fff_fffb);
    session.receive(setting(3, 100));
    const calls = [call(), call(), call(), call()];
    await turn();
    expect(streams()).toEqual([0x7fff_fffb, 0x7fff_fffd, 0x7fff_ffff]);
    expect(log).toEqual(["ready", "draining"]);
    expect(session.capacity).toBe(0);
    expect(calls[3]?.map(({ code, outcome }) => [code, outcome])).toEqual([
      [StatusNumber.UNAVAILABLE, "not-processed"],
    ]);
    for (const id of [0x7fff_ffff, 0x7fff_fffb, 0x7fff_fffd]) session.receive(answer(id));
    expect(calls.slice(0, 3).map(([end]) => end?.code)).toEqual([0, 0, 0]);
    expect([log, ended()]).toEqual([["ready", "draining", "closed"], true]);
  });

  test("17. calls that wait for a place when they are used up were not processed", async () => {
    const { session, log, call, streams } = createSession(0x7fff_fffd);
    session.receive(setting(3, 1));
    const calls = [call(), call(), call(), call()];
    session.receive(answer(0x7fff_fffd));
    expect(calls.map((ends) => ends[0]?.outcome)).toEqual([
      "responded",
      undefined,
      "not-processed",
      "not-processed",
    ]);
    session.receive(answer(0x7fff_ffff));
    await turn();
    expect(calls.map((ends) => ends.map(({ outcome }) => outcome))).toEqual([
      ["responded"],
      ["responded"],
      ["not-processed"],
      ["not-processed"],
    ]);
    expect(streams()).toEqual([0x7fff_fffd, 0x7fff_ffff]);
    expect(log).toEqual(["ready", "draining", "closed"]);
  });
});

test("28. a call is written before the next turn of the loop, and those of one turn in a write for sixteen", async () => {
  const { session, call, streams, writes } = createSession(1);
  session.receive(setting(3, 1_000));
  await turn();
  const before = writes();
  let turns = 0;
  setImmediate(() => turns++);
  for (let count = 0; count < 50; count++) call();
  await new Promise<void>((resolve) => process.nextTick(resolve));
  expect([turns, streams().length, writes() - before]).toEqual([0, 50, 4]);
});

describe("split at every byte", () => {
  test("24. an answer reads the same", async () => {
    const bytes = Buffer.concat([setting(3, 100), answer(1)]);
    for (let at = 1; at < bytes.length; at++) {
      const { session, call } = createSession(1);
      const ends = call();
      session.receive(Buffer.from(bytes.subarray(0, at)));
      session.receive(Buffer.from(bytes.subarray(at)));
      await turn(); // frames are read in turns, for all connections together
      expect(
        ends.map(({ code }) => code),
        `at ${at}`,
      ).toEqual([0]);
    }
  });
});

describe("30. a sink that does what it likes inside the parser's loop", () => {
  for (const [what, act] of [
    ["cancels another call", (_session: ClientSession, other: () => void) => other()],
    ["closes the connection", (session: ClientSession) => void session.close(0)],
    [
      "makes another call",
      (session: ClientSession) => void session.unary(CALL, new Uint8Array(), { finished() {} }),
    ],
  ] as const) {
    test(`30. ${what}`, async () => {
      const { session } = createSession(1);
      session.receive(setting(3, 100));
      const ends: string[] = [];
      const cancel = { now: (): void => {} };
      session.unary(CALL, new Uint8Array(), {
        finished(end) {
          ends.push(`first ${end.code}`);
          act(session, () => cancel.now());
        },
      });
      const second = session.unary(CALL, new Uint8Array(), {
        finished: (end) => void ends.push(`second ${end.code}`),
      });
      cancel.now = () => second.cancel({ code: StatusNumber.CANCELLED, message: "" });
      session.receive(Buffer.concat([answer(1), answer(3)]));
      await turn();
      const expected = {
        "cancels another call": StatusNumber.CANCELLED,
        "closes the connection": StatusNumber.UNAVAILABLE,
        "makes another call": StatusNumber.OK,
      }[what];
      expect(ends).toEqual(["first 0", `second ${expected}`]);
    });
  }
});

describe("a connection that closes", () => {
  const finishing = (log: string[]): UnarySink => ({
    finished: ({ outcome }) => void log.push(outcome),
  });

  test("says so before its calls finish, those that wait for a place first", async () => {
    const { session, log } = createSession(1);
    session.receive(setting(3, 1));
    session.unary(CALL, new Uint8Array(), finishing(log));
    session.unary(CALL, new Uint8Array(), finishing(log));
    await turn();
    session.transportClosed("lost");
    expect(log).toEqual(["ready", "closed", "not-processed", "unknown"]);
  });

  test("says that it drains before calls beyond the last stream finish", async () => {
    const { session, log } = createSession(1);
    session.receive(setting(3, 1));
    session.unary(CALL, new Uint8Array(), finishing(log));
    session.unary(CALL, new Uint8Array(), finishing(log));
    await turn();
    session.receive(rawFrame(7, 0, 0, Buffer.alloc(8)));
    expect(log).toEqual(["ready", "draining", "not-processed", "closed", "not-processed"]);
  });

  test("knows whether its server ever responded", async () => {
    const { session } = createSession(1);
    session.receive(setting(3, 100));
    session.unary(CALL, new Uint8Array(), { finished() {} });
    await turn();
    session.receive(rawFrame(3, 0, 1, Buffer.from([0, 0, 0, 7])));
    expect(session.gotResponse).toBe(false);
    session.unary(CALL, new Uint8Array(), { finished() {} });
    await turn();
    session.receive(answer(3));
    expect(session.gotResponse).toBe(true);
  });
});

describe("a sink that throws fails its own call, once, and no other", () => {
  const boom = (): never => {
    throw new Error("boom");
  };

  /** Two calls whose responses come in one chunk; `failing` is the sink of the first. */
  async function respondTo(failing: Partial<ResponseSink>) {
    const reports: unknown[][] = [];
    const { session, log, streams, resets } = createSession(1, (...report) => reports.push(report));
    session.receive(setting(3, 100));
    const ends: string[] = [];
    const noting: ResponseSink = {
      headers() {},
      message() {},
      drained() {},
      finished: ({ code, message }) => void ends.push(`${code} ${message}`),
    };
    const handle = session.stream(CALL, {
      ...noting,
      finished: (end) => {
        noting.finished(end);
        failing.finished?.(end);
      },
      headers: (metadata) => failing.headers?.(metadata),
      message: (bytes) => failing.message?.(bytes),
      drained: () => failing.drained?.(),
    });
    handle.pull(2);
    handle.write(new Uint8Array(70_000));
    const second: string[] = [];
    session
      .stream(CALL, { ...noting, finished: ({ code }) => void second.push(String(code)) })
      .pull(2);
    await turn();
    // Credit for the first call's message, so that it is told to go on.
    session.receive(rawFrame(8, 0, 0, Buffer.from([0, 1, 0, 0])));
    session.receive(rawFrame(8, 0, 1, Buffer.from([0, 1, 0, 0])));
    await turn();
    session.receive(Buffer.concat([answer(1), answer(3)]));
    await turn();
    expect([second, log, streams()]).toEqual([["0"], ["ready"], [1, 3]]);
    return { ends, reports, resets: resets() };
  }

  test.each<[string, Partial<ResponseSink>]>([
    ["headers", { headers: boom }],
    ["message", { message: boom }],
    ["drained", { drained: boom }],
  ])("in %s", async (_, failing) => {
    const { ends, reports, resets } = await respondTo(failing);
    expect(ends).toEqual(["13 the call failed in this process: boom"]);
    expect(reports).toEqual([[new Error("boom"), "the code above the transport", "/a/B"]]);
    expect(resets[0]).toEqual([1, 2]);
  });

  test("in finished, which has been told then", async () => {
    const { ends, reports } = await respondTo({ finished: boom });
    expect(ends).toEqual(["0 "]);
    expect(reports).toHaveLength(1);
  });

  test("in headers and in finished", async () => {
    const { ends, reports } = await respondTo({ headers: boom, finished: boom });
    expect(ends).toEqual(["13 the call failed in this process: boom"]);
    expect(reports).toHaveLength(2);
  });

  test("when the connection closes; it is printed where nobody else reports it", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => printed.mockRestore());
    const { session, log, call } = createSession(1);
    session.receive(setting(3, 2));
    for (let count = 0; count < 3; count++)
      session.unary(CALL, new Uint8Array(), { finished: boom });
    const last = call();
    await turn();
    session.transportClosed("lost");
    expect(last.map(({ code }) => code)).toEqual([StatusNumber.UNAVAILABLE]);
    expect([log, printed.mock.calls.length]).toEqual([["ready", "closed"], 3]);
  });
});
