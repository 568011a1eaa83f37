import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BinaryReader, BinaryWriter } from "../wire.js";
import {
  type AnyReader,
  ourReader,
  ourWriter,
  outcomeOf,
  SCALARS,
  stockReader,
} from "./wire.test-support.js";

type Step = (reader: AnyReader) => unknown;

/** Everything that a reader can be asked for. */
const STEPS: readonly (readonly [string, Step])[] = [
  ...SCALARS.map(
    ({ name }) =>
      [
        name,
        (reader: AnyReader) => (name === "string" ? reader.string(true) : reader[name]()),
      ] as const,
  ),
  ["string, not strict", (reader) => reader.string(false)],
  ["tag", (reader) => reader.tag()],
  ...[0, 1, 2, 3, 4, 5, 6].map(
    (wireType) => [`skip ${wireType}`, (reader: AnyReader) => reader.skip(wireType)] as const,
  ),
  ["skip the group 3", (reader) => reader.skip(3, 3)],
];
const steps = fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 12 });

/** Whether a varint has bits above the 32nd: lengths drop them there, and are refused here. */
function hasLongVarint(bytes: Uint8Array): boolean {
  return bytes.some(
    (byte, at) => at >= 4 && byte > 0x0f && bytes.subarray(at - 4, at).every((each) => each > 0x7f),
  );
}

/** Takes the same steps with both readers, until one of them throws. */
function expectSame(bytes: Uint8Array, taken: readonly (readonly [string, Step])[]): void {
  const ours = ourReader(bytes);
  const theirs = stockReader(bytes);
  for (const [name, step] of taken) {
    const from = ours.pos;
    const outcome = outcomeOf(() => step(ours));
    const wanted = outcomeOf(() => step(theirs));
    if ("thrown" in outcome && /^(bytes|string|skip)/.test(name))
      if (hasLongVarint(bytes.subarray(from))) return;
    expect([name, outcome]).toEqual([name, wanted]);
    if ("thrown" in outcome) return;
    expect([name, ours.pos]).toEqual([name, theirs.pos]);
  }
}

describe("reads what @bufbuild/protobuf reads, and refuses what it refuses", () => {
  test.each(SCALARS)("$name", ({ name, values }) => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 20 }), (list) => {
        const bytes = list
          .reduce((writer: ReturnType<typeof ourWriter>, value) => writer[name](value), ourWriter())
          .finish();
        const [ours, theirs] = [ourReader(bytes), stockReader(bytes)];
        for (const _ of list) expect(ours[name]()).toEqual(theirs[name]());
        expect(ours.pos).toBe(bytes.length);
      }),
    );
  });

  test("any bytes, in any order of steps", () => {
    const likely = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? byte & 0x1f : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), likely), steps, (bytes, taken) =>
        expectSame(bytes, taken),
      ),
      { numRuns: 20_000 },
    );
  });

  test("values that were changed, or cut, at any place", () => {
    const written = fc.array(
      fc
        .constantFrom(...SCALARS)
        .chain(({ name, values }) => values.map((value) => [name, value] as const)),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(written, fc.nat(), fc.nat(255), fc.boolean(), (list, place, byte, cut) => {
        const bytes = list
          .reduce(
            (writer: ReturnType<typeof ourWriter>, [name, value]) => writer[name](value),
            ourWriter(),
          )
          .finish();
        if (bytes.length === 0) return;
        const at = place % bytes.length;
        bytes[at] = byte;
        const reads = list.map(
          ([name]) => STEPS.find(([step]) => step === name) as (typeof STEPS)[number],
        );
        expectSame(cut ? bytes.subarray(0, at) : bytes, reads);
      }),
      { numRuns: 5_000 },
    );
  });

  test("varints of every length, with bits where no value has any", () => {
    for (let length = 1; length <= 12; length++) {
      for (const last of [0, 1, 0x0f, 0x10, 0x7f]) {
        const bytes = new Uint8Array(length).fill(0xff).fill(last, length - 1);
        for (const step of STEPS) {
          if (step[0] !== "skip 0" || length <= 10) expectSame(bytes, [step]);
          else expect(() => step[1](ourReader(bytes))).toThrow("invalid varint");
        }
      }
    }
  });

  test("groups: in groups, without an end, with another's end, too deep", () => {
    const deep = (depth: number): Uint8Array =>
      Uint8Array.from([...new Array(depth).fill(0x1b), ...new Array(depth).fill(0x1c)]);
    const groups = [
      [0x08, 0x05, 0x1c],
      [0x13, 0x08, 0x01, 0x14, 0x1c],
      [0x08, 0x05],
      [0x24],
      [0x13, 0x1c],
      [0x0f],
    ];
    for (const bytes of [...groups.map((group) => Uint8Array.from(group)), deep(99), deep(101)]) {
      expectSame(bytes, [["a group", (reader) => reader.skip(3, 3)]]);
      expectSame(bytes, [["any group", (reader) => reader.skip(3)]]);
    }
  });
});

describe("keeps nothing of what it reads", () => {
  const buffer = new BinaryWriter().bytes(new Uint8Array([1, 2, 3])).finish();

  test.each([
    ["bytes", (reader: BinaryReader) => reader.bytes(), [1, 2, 3]],
    ["skip", (reader: BinaryReader) => reader.skip(2), [3, 1, 2, 3]],
  ] as const)("%s", (_name, read, wanted) => {
    const input = Buffer.from(buffer);
    const bytes = read(new BinaryReader(input));
    input.fill(0xff);
    expect(bytes).toEqual(Uint8Array.from(wanted));
    expect(bytes.constructor).toBe(Uint8Array);
  });
});

test.each([Buffer, Uint8Array])("reads a part of a larger %o", (kind) => {
  const larger = kind.from([0xff, 0xff, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x2a, 0xff]);
  const reader = new BinaryReader(larger.subarray(2, 9));
  expect([reader.string(), reader.uint32(), reader.pos, reader.len]).toEqual(["hello", 42, 7, 7]);
  expect(() => reader.uint32()).toThrow(RangeError);
});

describe("strings that are UTF-8 are read as they are", () => {
  test.each([
    "",
    "plain",
    "Amélie",
    "千と千尋",
    "😀",
    "\0",
    "\uFEFFmark",
    "\uFFFD",
    "a long text that a \uFFFD is part of",
  ])("%j", (text) => {
    expect(new BinaryReader(new BinaryWriter().string(text).finish()).string()).toBe(text);
  });
});

describe("strings that are not UTF-8 are refused, or mended when that is asked for", () => {
  test.each([
    ["a lone continuation byte", [0x80], "\uFFFD"],
    ["a byte that never occurs", [0x61, 0xff], "a\uFFFD"],
    ["a sequence that is cut short", [0xe2, 0x82], "\uFFFD"],
    ["an overlong slash", [0xc0, 0xaf], "\uFFFD\uFFFD"],
    ["half a surrogate pair", [0xed, 0xa0, 0x80], "\uFFFD\uFFFD\uFFFD"],
    ["a code point past the last one", [0xf4, 0x90, 0x80, 0x80], "\uFFFD\uFFFD\uFFFD\uFFFD"],
    [
      "one bad byte in a long text",
      [...Buffer.from("a text that is longer than twelve letters "), 0xff],
      "a text that is longer than twelve letters \uFFFD",
    ],
  ])("%s", (_what, content, mended) => {
    const bytes = new BinaryWriter().bytes(Uint8Array.from(content)).finish();
    expect(() => new BinaryReader(bytes).string()).toThrow("invalid UTF-8");
    expect(new BinaryReader(bytes).string(false)).toBe(mended);
  });
});
