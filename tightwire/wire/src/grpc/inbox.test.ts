import { describe, expect, test } from "vitest";
import { Inbox } from "./inbox.js";
import { checkPrefix } from "./message-prefix.js";

/** An inbox and what it holds of its owner's allowance. */
function createInbox(allowance = Number.POSITIVE_INFINITY): { inbox: Inbox; held(): number } {
  let held = 0;
  const inbox = new Inbox({
    maxMessageBytes: 100_000,
    hold(bytes) {
      if (bytes > 0 && held + bytes > allowance) return false;
      held += bytes;
      return true;
    },
  });
  return { inbox, held: () => held };
}

function message(body: Buffer, flag = 0): Buffer {
  const prefix = Buffer.of(flag, 0, 0, 0, 0);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

function takeAll(inbox: Inbox): Buffer[] {
  const all: Buffer[] = [];
  for (let next = inbox.take(); next !== undefined; next = inbox.take()) all.push(next.bytes);
  return all;
}

const BODIES: readonly Buffer[] = [0, 1, 3, 1_024, 1_025, 0, 0, 5_000, 20_000, 7, 70_000, 2].map(
  (size, at) => Buffer.alloc(size, at + 1),
);

describe("24. messages split anywhere", () => {
  for (const step of [1, 2, 5, 6, 1_000, 16_384, 1_000_000]) {
    test(`24. in parts of ${step}`, () => {
      const { inbox, held } = createInbox();
      const bytes = Buffer.concat(BODIES.map((body) => message(body)));
      for (let at = 0; at < bytes.length; at += step)
        expect(inbox.push(bytes, at, Math.min(at + step, bytes.length))).toBeUndefined();
      expect(inbox.midMessage).toBe(false);
      expect(takeAll(inbox).map((body) => body.toString("hex"))).toEqual(
        BODIES.map((body) => body.toString("hex")),
      );
      expect([inbox.empty, held(), inbox.uncreditedBytes(false)]).toEqual([true, 0, 0]);
    });
  }

  test("24. half a message at the end is one under way", () => {
    const { inbox, held } = createInbox();
    inbox.push(message(Buffer.alloc(10)), 0, 12);
    expect([
      inbox.midMessage,
      inbox.waits,
      inbox.uncreditedBytes(true),
      inbox.uncreditedBytes(false),
    ]).toEqual([true, false, 0, 12]);
    inbox.clear();
    expect(held()).toBe(0);
  });

  test("24. compressed and plain ones keep their flags and their order", () => {
    const { inbox } = createInbox();
    const bytes = Buffer.concat([
      message(Buffer.of(1), 1),
      message(Buffer.of(2)),
      message(Buffer.alloc(2_000), 1),
      message(Buffer.of(3), 1),
    ]);
    inbox.push(bytes, 0, bytes.length);
    const flags: boolean[] = [];
    for (let next = inbox.take(); next !== undefined; next = inbox.take())
      flags.push(next.compressed);
    expect(flags).toEqual([true, false, true, true]);
  });
});

describe("25. what is refused, and when", () => {
  test("25. by the declared length, read unsigned, and by the flag", () => {
    expect(checkPrefix(Buffer.of(0, 0xff, 0xff, 0xff, 0xff), 0, 100)).toEqual({
      kind: "large",
      bytes: 0xffff_ffff,
    });
    expect(checkPrefix(Buffer.of(0, 0x80, 0, 0, 0), 0, 100)).toEqual({
      kind: "large",
      bytes: 0x8000_0000,
    });
    expect(checkPrefix(Buffer.of(2, 0, 0, 0, 0), 0, 100)).toEqual({ kind: "flag", flag: 2 });
    expect(checkPrefix(Buffer.of(1, 0, 0, 0, 100), 0, 100)).toBe(100);
  });

  test("25. good messages before a bad one are kept", () => {
    const { inbox } = createInbox();
    const bytes = Buffer.concat([
      message(Buffer.of(1)),
      message(Buffer.of(2)),
      message(Buffer.of(3), 7),
    ]);
    expect(inbox.push(bytes, 0, bytes.length)).toEqual({ kind: "flag", flag: 7 });
    expect(takeAll(inbox)).toEqual([Buffer.of(1), Buffer.of(2)]);
  });

  test("25. no more is held than is allowed, and a declared length is not", () => {
    const { inbox, held } = createInbox(80_000);
    inbox.push(message(Buffer.alloc(90_000)), 0, 10);
    expect(held()).toBe(8 * 5);
    const more = Buffer.alloc(80_000);
    expect(inbox.push(more, 0, more.length)).toEqual({ kind: "held" });
    inbox.clear();
    expect(held()).toBe(0);
  });
});

describe("30. growth", () => {
  test("30. a megabyte of empty messages is held as a megabyte", () => {
    const { inbox, held } = createInbox();
    const frame = Buffer.alloc(15);
    for (let at = 0; at < 1_048_576; at += frame.length) inbox.push(frame, 0, frame.length);
    expect(held()).toBeLessThan(1_100_000);
    expect(takeAll(inbox)).toHaveLength(209_718);
  });

  test("30. the parts of a message that is dropped are used again, whole parts only", () => {
    const made: number[] = [];
    const allocate = Buffer.allocUnsafeSlow;
    const first = createInbox().inbox;
    const second = createInbox().inbox;
    const bytes = message(Buffer.alloc(100_000)).subarray(0, 90_000);
    first.push(bytes, 0, bytes.length);
    first.clear();
    Buffer.allocUnsafeSlow = (size) => {
      made.push(size);
      return allocate(size);
    };
    try {
      second.push(bytes, 0, bytes.length);
    } finally {
      Buffer.allocUnsafeSlow = allocate;
    }
    expect(made).toEqual([]);
    second.clear();
  });

  test("30. a message that comes byte by byte is copied a few times, not once a byte", () => {
    const { inbox } = createInbox();
    const copies = Buffer.prototype.copy;
    let copied = 0;
    Buffer.prototype.copy = function (this: Buffer, ...args: Parameters<typeof copies>) {
      const count = copies.apply(this, args);
      copied += count;
      return count;
    };
    try {
      const bytes = message(Buffer.alloc(90_000));
      for (let at = 0; at < bytes.length; at++) inbox.push(bytes, at, at + 1);
    } finally {
      Buffer.prototype.copy = copies;
    }
    expect(copied).toBeLessThan(3 * 90_000);
    expect(inbox.waits).toBe(true);
  });
});
