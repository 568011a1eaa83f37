import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { MessageReader } from "./reader.js";

/** A reader of one length-delimited field's content. */
const readerOf = (...content: number[]): MessageReader => new MessageReader(new BinaryWriter().bytes(new Uint8Array(content)).finish());

test("bytes are copied out of the buffer that is read", () => {
  const buffer = new BinaryWriter().bytes(new Uint8Array([1, 2, 3])).finish();
  const bytes = new MessageReader(buffer).bytes();
  buffer.fill(0xff);
  expect(bytes).toEqual(new Uint8Array([1, 2, 3]));
  expect(bytes.buffer).not.toBe(buffer.buffer);
});

describe("strings that are UTF-8 are read as they are", () => {
  test.each(["", "plain", "Amélie", "千と千尋", "😀", "\0", "\uFEFFmark"])("%j", (text) => {
    expect(new MessageReader(new BinaryWriter().string(text).finish()).string()).toBe(text);
  });
});

describe("strings that are not UTF-8 are refused", () => {
  test.each([
    ["a lone continuation byte", [0x80]],
    ["a byte that never occurs", [0x61, 0xff]],
    ["a sequence that is cut short", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["a code point past the last one", [0xf4, 0x90, 0x80, 0x80]],
  ])("%s", (_what, content) => {
    expect(() => readerOf(...content).string()).toThrow(Error);
  });
});

test("a field that claims more than there is is refused", () => {
  expect(() => new MessageReader(new Uint8Array([5, 0x61])).string()).toThrow(RangeError);
  expect(() => new MessageReader(new Uint8Array([5, 0x61])).bytes()).toThrow(RangeError);
});
