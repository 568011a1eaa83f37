import { describe, expect, test } from "vitest";
import { HpackDecoder } from "./decoder.js";
import { HpackEncoder } from "./encoder.js";

/** Writes a block and reads it with a decoder of the same connection. */
function createPair(): {
  encoder: HpackEncoder;
  block(write: (encoder: HpackEncoder) => void): { bytes: Buffer; fields: [string, string][] };
} {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  return {
    encoder,
    block(write) {
      encoder.out = Buffer.alloc(20_000);
      encoder.at = 0;
      encoder.begin();
      write(encoder);
      const bytes = encoder.out.subarray(0, encoder.at);
      const fields: [string, string][] = [];
      decoder.decode(bytes, 0, bytes.length, {
        field: (name, value) => void fields.push([name, value]),
      });
      return { bytes, fields };
    },
  };
}

describe("what the encoder writes is what a decoder reads", () => {
  test("fields in every way, with numbers on both sides of their prefixes", () => {
    const { block } = createPair();
    for (const size of [0, 1, 14, 15, 16, 126, 127, 128, 254, 255, 256, 1_337, 16_383]) {
      const value = "x".repeat(size);
      expect(block((to) => to.literal("name", value)).fields).toEqual([["name", value]]);
      expect(block((to) => to.secret("authorization", value)).fields).toEqual([
        ["authorization", value],
      ]);
    }
    const many = Array.from({ length: 80 }, (_, at): [string, string] => [
      `name-${at}`,
      `value-${at}`,
    ]);
    for (let turn = 0; turn < 3; turn++) {
      expect(
        block((to) => {
          for (const [name, value] of many) to.repeated(name, value);
        }).fields,
      ).toEqual(many);
    }
  });

  test("6. what is of one call or secret never enters the table", () => {
    const { encoder, block } = createPair();
    const { version } = encoder;
    const first = block((to) => {
      to.literal("traceparent", "1");
      to.secret("authorization", "2");
    });
    expect(encoder.version).toBe(version);
    expect(
      block((to) => {
        to.literal("traceparent", "1");
        to.secret("authorization", "2");
      }).bytes.equals(first.bytes),
    ).toBe(true);
    expect((first.bytes[0] as number) & 0xf0).toBe(0x00);
    // Never indexed, by the name of entry 23.
    expect(first.bytes.includes(Buffer.of(0x1f, 0x08))).toBe(true);
  });

  test("6. a full table stays as it is: nothing churns", () => {
    const { encoder, block } = createPair();
    for (let at = 0; at < 500; at++) block((to) => to.repeated(":path", `/service/method-${at}`));
    const { version } = encoder;
    expect(block((to) => to.repeated(":path", "/service/method-0")).bytes).toHaveLength(2);
    for (let at = 0; at < 500; at++)
      expect(block((to) => to.repeated(":path", `/service/method-${at}`)).fields).toEqual([
        [":path", `/service/method-${at}`],
      ]);
    expect(encoder.version).toBe(version);
  });
});

describe("3. the table that the peer allows", () => {
  const repeat = (to: HpackEncoder): void => to.repeated("user-agent", "tightwire");

  test("3. a peer's 0 is told at the next block, once, and kept", () => {
    const { encoder, block } = createPair();
    block(repeat);
    encoder.setPeerLimit(0);
    expect(block(repeat).bytes.subarray(0, 1)).toEqual(Buffer.of(0x20));
    expect(block(repeat).bytes[0]).not.toBe(0x20);
    expect(block(repeat).fields).toEqual([["user-agent", "tightwire"]]);
  });

  test("3. down and up again between two blocks: the smallest and the last are told", () => {
    const { encoder, block } = createPair();
    block(repeat);
    encoder.setPeerLimit(0);
    encoder.setPeerLimit(200);
    const { bytes, fields } = block(repeat);
    expect(bytes.subarray(0, 4)).toEqual(Buffer.of(0x20, 0x3f, 0xa9, 0x01));
    expect(fields).toEqual([["user-agent", "tightwire"]]);
    expect(block(repeat).bytes).toEqual(Buffer.of(0xbe));
  });

  test("3. more than we use changes nothing", () => {
    const { encoder, block } = createPair();
    block(repeat);
    encoder.setPeerLimit(1_000_000);
    expect(block(repeat).bytes).toEqual(Buffer.of(0xbe));
  });
});
