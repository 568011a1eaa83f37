import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BinaryWriter, WireType } from "../wire.js";
import {
  type AnyWriter,
  ourWriter,
  outcomeOf,
  SCALARS,
  type ScalarName,
  stockWriter,
} from "./wire.test-support.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("writes the bytes that @bufbuild/protobuf writes", () => {
  test.each(SCALARS)("$name", ({ name, values }) => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 20 }), (list) => {
        const write = (writer: AnyWriter): string =>
          hex(list.reduce((so: AnyWriter, value) => so[name](value), writer).finish());
        expect(write(ourWriter())).toBe(write(stockWriter()));
      }),
    );
  });

  test("messages in messages, of every size that needs another length", () => {
    const bytes = fc.oneof(
      fc.nat(300),
      fc.constantFrom(126, 127, 128, 16_380, 16_383, 16_384, 70_000),
    );
    const tree = [1, 2, 3].reduce(
      (inner: fc.Arbitrary<Node>) => fc.record({ bytes, nodes: fc.array(inner, { maxLength: 3 }) }),
      fc.record({ bytes, nodes: fc.constant([]) }),
    );
    fc.assert(
      fc.property(tree, (node) => {
        expect(
          Buffer.compare(
            writeTree(ourWriter(), node).finish(),
            writeTree(stockWriter(), node).finish(),
          ),
        ).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("several messages at once, one inside the time of the other", () => {
    const outer = new BinaryWriter().tag(1, WireType.LengthDelimited).string("outer");
    const inner = new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .string("inner")
      .finishShared();
    outer.tag(2, WireType.LengthDelimited).bytes(inner);
    const another = new BinaryWriter().string("another").finish();
    expect([hex(outer.finish()), hex(another)]).toEqual([
      "0a056f75746572" + "12070a05696e6e6572",
      "07616e6f74686572",
    ]);
  });

  test("a writer is as new when it has finished", () => {
    const writer = new BinaryWriter();
    expect(writer.finish()).toEqual(new Uint8Array());
    writer.uint32(1);
    expect([
      hex(writer.finish()),
      hex(writer.uint32(2).finishShared()),
      hex(writer.finish()),
    ]).toEqual(["01", "02", ""]);
    writer.fork().uint32(1);
    writer.finish();
    expect(() => writer.join()).toThrow(/fork/);
  });
});

describe("refuses what @bufbuild/protobuf refuses", () => {
  const strange: readonly unknown[] = [
    undefined,
    null,
    Number.NaN,
    "NaN",
    "",
    "5",
    "-5",
    "1.5",
    "x",
    1.5,
    -0,
    -1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    1e300,
    3.5e38,
    -3.5e38,
    Number.POSITIVE_INFINITY,
    "Infinity",
    0n,
    -1n,
    2n ** 63n,
    -(2n ** 63n) - 1n,
    2n ** 64n - 1n,
    2n ** 64n,
    "18446744073709551615",
    "-9223372036854775808",
    "9223372036854775808",
    true,
    {},
    [],
    Symbol.iterator,
  ];
  const checked: readonly ScalarName[] = [
    "bool",
    "double",
    "fixed32",
    "fixed64",
    "float",
    "int32",
    "int64",
    "sfixed32",
    "sfixed64",
    "sint32",
    "sint64",
    "uint32",
    "uint64",
    "string",
  ];
  for (const name of checked) {
    test(name, () => {
      for (const value of strange) {
        const write = (writer: AnyWriter): unknown =>
          outcomeOf(() => hex(writer[name](value).finish()));
        const [ours, theirs] = [write(ourWriter()), write(stockWriter())] as Record<
          string,
          unknown
        >[];
        // BigInt() itself throws RangeErrors and SyntaxErrors; ours say which type it was.
        if (theirs?.["thrown"] === undefined) expect([value, ours]).toEqual([value, theirs]);
        else expect([value, ours]).toEqual([value, { thrown: "Error" }]);
      }
    });
  }

  test.each([
    ["uint32", -1, "invalid uint32: -1"],
    ["int32", 2 ** 31, "invalid int32: 2147483648"],
    ["int64", 2n ** 63n, "invalid int64: 9223372036854775808"],
    ["uint64", -1, "invalid uint64: -1"],
    ["sint64", "a lot", "invalid int64: a lot"],
    ["float", 3.5e38, "invalid float32: 3.5e+38"],
  ] as const)("%s names %s", (name, value, message) => {
    expect(() => ourWriter()[name](value)).toThrow(message);
  });
});

test("finish gives memory of its own, finishShared a part of a block that nobody writes to again", () => {
  const own = new BinaryWriter().string("one").finish();
  expect([own.byteOffset, own.buffer.byteLength]).toEqual([0, 4]);
  const shared = Array.from({ length: 40_000 }, (_, index) =>
    new BinaryWriter().uint32(index).string("some text").finishShared(),
  );
  shared.forEach((bytes, index) => {
    if (Buffer.compare(bytes, new BinaryWriter().uint32(index).string("some text").finish()) !== 0)
      expect.fail(`message ${index} was overwritten`);
  });
});

test("a message that fails half way leaves nothing behind", () => {
  const good = new BinaryWriter().string("good").finishShared();
  expect(() => new BinaryWriter().string("bad").uint32(-1)).toThrow("invalid uint32");
  expect(hex(new BinaryWriter().string("next").finishShared())).toBe("046e657874");
  expect(hex(good)).toBe("04676f6f64");
});

interface Node {
  readonly bytes: number;
  readonly nodes: readonly Node[];
}

function writeTree(writer: AnyWriter, { bytes, nodes }: Node): AnyWriter {
  writer.tag(1, WireType.LengthDelimited).bytes(new Uint8Array(bytes).fill(bytes));
  for (const node of nodes) writeTree(writer.tag(2, WireType.LengthDelimited).fork(), node).join();
  return writer;
}
