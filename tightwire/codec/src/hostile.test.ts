import { describe, expect, test } from "vitest";
import { Everything } from "./gen/codec/everything.js";
import { messageCodec } from "./message-codec.js";
import { BinaryReader } from "./wire.js";

const codec = messageCodec(Everything);
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** So many messages in each other, the innermost first, in the field that a tag names. */
function nest(count: number, tag: string): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  for (let depth = 0; depth < count; depth++) {
    const rest = [];
    for (let left = length; ; left >>>= 7) {
      rest.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
      if (left <= 0x7f) break;
    }
    const head = Buffer.concat([hex(tag), Buffer.from(rest)]);
    heads.unshift(head);
    length += head.length;
  }
  return Buffer.concat(heads);
}

test("a reader that failed in a message does not fail the next one", () => {
  expect(() => codec.decode(nest(300, "8a01"))).toThrow("nested too deep: at most 100");
  expect(codec.decode(hex("1801")).oneInt32).toBe(1);
});

describe("nesting is refused before the stack ends", () => {
  test.each([
    ["messages", nest(100_000, "8a01")],
    ["members of a oneof", nest(100_000, "b205")],
    ["elements of a list", nest(100_000, "9203")],
    ["unknown groups", Buffer.alloc(4_000_000, 0x1b)],
    ["known fields as groups", Buffer.concat(new Array(100_000).fill(hex("8b01")))],
    ["unknown groups in messages", Buffer.concat([hex("8a01 c0b802"), Buffer.alloc(40_000, 0x1b)])],
  ])("%s", (_what, bytes) => {
    expect(() => codec.decode(bytes)).toThrow(/nested too deep: at most 100/);
  });
});

describe("a length is compared with what is left before anything is made", () => {
  test.each([
    ["packed doubles", "9202 ffffffff0f 00"],
    ["packed varints", "a202 ffffffff07 00"],
    ["bytes", "7a ffffffff0f 00"],
    ["text", "72 ffffffff0f 00"],
    ["a message", "8a01 ffffffff0f 00"],
    ["a negative one", "72 ffffffffffffffffff01 00"],
    ["a packed negative one", "9202 ffffffffffffffffff01 00"],
    ["one of 33 bits whose lower ones are 1", "72 8180808010 61"],
    ["a message's of 33 bits", "8a01 8280808010 1801"],
  ])("%s", (_what, bytes) => {
    expect(() => codec.decode(hex(bytes))).toThrow(new RangeError("premature EOF"));
  });
});

test("every error says what was wrong", () => {
  const message = (bytes: string): string => {
    try {
      codec.decode(hex(bytes));
      return "read";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect([
    message("00"),
    message("1f"),
    message("18"),
    message("988080808000 01"),
    message("18 ffffffffffffffffffff01"),
    message("1c"),
    message("1b24"),
    message("c03e ffffffffffffffffffff01"),
    message("7201ff"),
  ]).toEqual([
    "illegal tag: field no 0 wire type 0",
    "cant skip wire type 7",
    "premature EOF",
    "illegal tag: varint overflows uint32",
    "invalid varint",
    "invalid end group tag: no group of field no 3 is open",
    "invalid end group tag: no group of field no 4 is open",
    "invalid varint",
    "invalid UTF-8 in a string field",
  ]);
});

test("a message is read from inside another reader, which goes on behind it", () => {
  const reader = new BinaryReader(hex("02 1801 7201 61"));
  expect(Everything.decode(reader, reader.length()).oneInt32).toBe(1);
  expect([reader.pos, reader.len]).toEqual([3, 6]);
  expect(Everything.decode(reader).oneString).toBe("a");
});

test("a message is read into one that is given", () => {
  const into = Everything.fromPartial({ oneInt32: 1, oneUint32: 2 });
  const read = Everything.decode(hex("1805"), undefined, into);
  expect(read).toBe(into);
  expect([read.oneInt32, read.oneUint32]).toEqual([5, 2]);
});
