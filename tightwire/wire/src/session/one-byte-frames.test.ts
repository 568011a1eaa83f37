import { type Acceptor, SYSTEM } from "@tightwire/core/runtime";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PREFACE } from "../frames/protocol.js";
import {
  DATA,
  headers,
  message,
  rawFrame,
  request,
  settings,
  WINDOW_UPDATE,
} from "../frames/raw-frame.test-support.js";
import { openServerSession } from "../server/server-session.test-support.js";
import { OpenStreams } from "./open-streams.js";

/** A server's session with an open call on stream 1 whose handler asked for `asked` messages. */
function openCall(asked: number) {
  const messages: Buffer[] = [];
  const written: Buffer[] = [];
  const turns: (() => void)[] = [];
  const acceptor: Acceptor = {
    ...SYSTEM,
    maxMessageBytes: 4_000_000,
    open: (call) => ({
      kind: "accepted",
      start: () => call.pull(asked),
      message: (bytes) => void messages.push(Buffer.from(bytes)),
      halfClosed() {},
      drained() {},
      cancelled() {},
    }),
  };
  const session = openServerSession(
    acceptor,
    { write: (bytes) => void written.push(Buffer.from(bytes)) },
    { clock: { ...SYSTEM.clock, nextTurn: (callback) => void turns.push(callback) } },
  );
  session.receive(Buffer.concat([PREFACE, settings(), headers(1, request("/a/B"))]));
  return {
    session,
    messages,
    /** What came and had to wait is read. */
    readAll() {
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    },
    /** WINDOW_UPDATEs that it wrote. */
    async updates() {
      await new Promise((resolve) => setImmediate(resolve));
      const bytes = Buffer.concat(written);
      let count = 0;
      for (let at = 0; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3))
        if (bytes[at + 3] === WINDOW_UPDATE) count++;
      return count;
    },
  };
}

/** Each byte in a DATA frame of its own, in chunks as a socket would bring them. */
function* inFrames(bytes: Buffer): Generator<Buffer> {
  const frames = Buffer.alloc(65_530);
  for (let at = 0; at < bytes.length; ) {
    let filled = 0;
    for (; filled < frames.length && at < bytes.length; filled += 10, at++)
      rawFrame(DATA, 0, 1, bytes.subarray(at, at + 1)).copy(frames, filled);
    yield Buffer.from(frames.subarray(0, filled));
  }
}

afterEach(() => void vi.restoreAllMocks());

describe("32. messages in DATA frames of one byte", () => {
  /** Gives the bytes to the call, and counts what that took. */
  function countWork(bytes: Buffer, asked: number) {
    const call = openCall(asked);
    const copy = vi.spyOn(Buffer.prototype, "copy");
    const allocate = vi.spyOn(Buffer, "allocUnsafe");
    const allocateSlow = vi.spyOn(Buffer, "allocUnsafeSlow");
    const walk = vi.spyOn(OpenStreams.prototype, "all");
    const chunks = [...inFrames(bytes)];
    for (const spy of [copy, allocate, allocateSlow]) spy.mockClear();
    for (const chunk of chunks) call.session.receive(chunk);
    call.readAll();
    const copied = copy.mock.results.reduce((sum, { value }) => sum + (value as number), 0);
    const allocations = allocate.mock.calls.length + allocateSlow.mock.calls.length;
    const walks = walk.mock.calls.length;
    vi.restoreAllMocks();
    return { ...call, copied, allocations, walks, chunks: chunks.length };
  }

  test("32. a large one is copied three times at most, into a few buffers, and no stream is looked at", async () => {
    const body = Buffer.alloc(150_000, "large");
    const work = countWork(message(body), 1);
    expect(work.messages).toHaveLength(1);
    expect(work.messages[0]?.equals(body)).toBe(true);
    // A chunk ends inside a frame's header, which is copied.
    expect(work.copied).toBeLessThan(3 * body.length + 9 * work.chunks);
    expect(work.allocations).toBeLessThan(20 + work.chunks);
    expect(work.walks).toBe(0);
    expect(await work.updates()).toBeLessThan(10);
  });

  test("32. thousands of small ones cost no more a byte, read or not", async () => {
    const count = 500;
    const small = message(Buffer.alloc(100, "small"));
    const bytes = Buffer.concat(Array.from({ length: count }, () => small));
    for (const asked of [count, 0]) {
      const work = countWork(bytes, asked);
      expect(work.messages).toHaveLength(asked);
      expect(work.copied).toBeLessThan(4 * bytes.length);
      expect(work.allocations).toBeLessThan(10 * count + work.chunks);
      expect(work.walks).toBe(0);
      expect(await work.updates()).toBeLessThan(10);
    }
  });
});
