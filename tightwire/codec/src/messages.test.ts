import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { everythingSchema } from "./everything-schema.test-support.js";
import { Everything, Kind } from "./gen/codec/everything.js";
import { Everything as Stock } from "./gen/stock/everything.js";
import { outcomeOf, SCALARS, type ScalarName, valuesOf } from "./wire/wire.test-support.js";
import { BinaryWriter } from "./wire.js";
import { hasWrongWireTypes } from "./wrong-wire-types.test-support.js";

const camel = (name: string): string => name[0]?.toUpperCase() + name.slice(1);
const kinds = fc.constantFrom<number>(
  Kind.KIND_UNSPECIFIED,
  Kind.KIND_ONE,
  Kind.KIND_LARGE,
  Kind.KIND_NEGATIVE,
  77,
);
const MAP_KEYS = SCALARS.map(({ name }) => name).filter(
  (name) => !["double", "float", "bytes"].includes(name),
);
const PACKABLE = SCALARS.map(({ name }) => name).filter(
  (name) => !["string", "bytes"].includes(name),
);

/** Text that survives: halves of surrogate pairs do not. */
const text = (valuesOf("string") as fc.Arbitrary<string>).map((value) =>
  Buffer.from(value).toString(),
);
const scalar = (name: ScalarName): fc.Arbitrary<unknown> =>
  name === "string" ? text : valuesOf(name);

/** An object, as ts-proto has maps whose keys are strings or numbers; `__proto__` it drops. */
function record(keys: fc.Arbitrary<unknown>, values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const entries = fc.array(fc.tuple(keys, values), { maxLength: 3 });
  return entries.map((list) => Object.fromEntries(list.filter(([key]) => key !== "__proto__")));
}

/** A Map, as it has all others. */
function map(keys: fc.Arbitrary<unknown>, values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(fc.tuple(keys, values), { maxLength: 3 }).map((entries) => new Map(entries));
}

/** Messages whose fields are set here and there. */
function messages(children: fc.Arbitrary<object>): fc.Arbitrary<object> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const { name } of SCALARS) {
    fields[`one${camel(name)}`] = scalar(name);
    fields[`maybe${camel(name)}`] = scalar(name);
    fields[`many${camel(name)}`] = fc.array(scalar(name), { maxLength: 5 });
  }
  for (const name of PACKABLE)
    fields[`loose${camel(name)}`] = fc.array(scalar(name), { maxLength: 5 });
  fields["oneKind"] = kinds;
  fields["maybeKind"] = kinds;
  fields["manyKind"] = fc.array(kinds, { maxLength: 5 });
  fields["looseKind"] = fc.array(kinds, { maxLength: 5 });
  fields["oneMessage"] = children;
  fields["manyMessage"] = fc.array(children, { maxLength: 3 });
  for (const key of MAP_KEYS)
    fields[`by${camel(key)}`] = (/bool|64/.test(key) ? map : record)(scalar(key), text);
  fields["toDouble"] = record(text, scalar("double"));
  fields["toBytes"] = record(text, scalar("bytes"));
  fields["toKind"] = record(text, kinds);
  fields["toEverything"] = record(text, children);
  fields["toUint64"] = record(text, scalar("uint64"));
  fields["choice"] = fc.oneof(
    fc.record({ $case: fc.constant("choiceString"), value: text }),
    fc.record({ $case: fc.constant("choiceSint64"), value: scalar("sint64") }),
    fc.record({ $case: fc.constant("choiceBytes"), value: scalar("bytes") }),
    fc.record({ $case: fc.constant("choiceBool"), value: scalar("bool") }),
    fc.record({ $case: fc.constant("choiceEverything"), value: children }),
  );
  return fc
    .subarray(Object.keys(fields))
    .chain((names) =>
      fc.record(
        Object.fromEntries(names.map((name) => [name, fields[name] as fc.Arbitrary<unknown>])),
      ),
    );
}

const everything = messages(messages(fc.constant({}))).map((partial) =>
  Everything.fromPartial(partial),
);
/** Fields that the contract does not have: of every wire type, groups in groups among them. */
const unknown = fc.array(
  fc.constantFrom(
    [0xc0, 0x3e, 0x96, 0x01],
    [0xc1, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8],
    [0xc2, 0x3e, 3, 1, 2, 3],
    [0xc5, 0x3e, 1, 2, 3, 4],
    [0xc3, 0x3e, 0x08, 0x01, 0x13, 0x0a, 0x01, 0x61, 0x14, 0xc4, 0x3e],
  ),
  { maxLength: 3 },
);
/** Without unknown fields, which the two keep in different ways. */
const encodeStock = (message: Everything): Uint8Array => Stock.encode(message as never).finish();
const withUnknown = fc
  .tuple(everything, unknown)
  .map(([message, fields]) =>
    Buffer.concat([encodeStock(message), Uint8Array.from(fields.flat())]),
  );
/** Many of them, as each holds dozens of fields. */
const RUNS = { numRuns: 300 };

describe("the code of ts-proto does with this reader and writer what it does with @bufbuild/protobuf's", () => {
  test("writes the same bytes", () => {
    fc.assert(
      fc.property(everything, (message) => {
        const bytes = encodeStock(message);
        expect(Buffer.compare(Everything.encode(message).finish(), bytes)).toBe(0);
        expect(
          Buffer.compare(Everything.encode(message, new BinaryWriter()).finishShared(), bytes),
        ).toBe(0);
      }),
      RUNS,
    );
  });

  test("reads the same message, and keeps unknown fields where they were", () => {
    fc.assert(
      fc.property(withUnknown, (bytes) => {
        const message = Everything.decode(bytes);
        expect(known(message)).toEqual(known(Stock.decode(Uint8Array.from(bytes))));
        expect(Buffer.compare(Everything.encode(message).finish(), bytes)).toBe(0);
        expect(Buffer.compare(Everything.encode(Everything.create(message)).finish(), bytes)).toBe(
          0,
        );
      }),
      RUNS,
    );
  });
});

/** A message without what its contract does not have. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(known);
  if (value instanceof Map) return new Map([...value].map(([key, of]) => [key, known(of)]));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).filter(([name]) => name !== "_unknownFields");
  return Object.fromEntries(fields.map(([name, of]) => [name, known(of)]));
}

/**
 * Whether the bytes are refused here for what both others take: the end of a group that is not open
 * but has the number of a known field, a field that ends beyond its message, and a varint of
 * more than ten bytes in a field that is skipped.
 */
function onlyWeRefuse(input: Uint8Array): boolean {
  try {
    Everything.decode(input);
    return false;
  } catch (error) {
    return /^(invalid end group tag|premature EOF|invalid varint)/.test((error as Error).message);
  }
}

describe("protobuf-es", () => {
  const schema = everythingSchema();
  /** What is left of a message when it is read and written by protobuf-es. */
  const normal = (bytes: Uint8Array): string =>
    Buffer.from(toBinary(schema, fromBinary(schema, bytes))).toString("hex");

  test("refuses the same malformed bytes, and reads the same out of all others", () => {
    const compared = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        withUnknown,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat()),
        fc.boolean(),
        (good, changes, cut, twice) => {
          const bytes = Uint8Array.from(good);
          if (bytes.length === 0) return;
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const part = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          const input = twice ? Buffer.concat([good, part]) : part;
          const hex = Buffer.from(input).toString("hex");
          const ours = outcomeOf(() => Everything.decode(input));
          const stock = outcomeOf(() => Stock.decode(input));
          const theirs = outcomeOf(() => normal(input));
          compared["thrown" in ours ? "refused" : "read"]++;
          // The stock reader takes malformed tags, protobuf-es takes wrong wire types.
          const misread = hasWrongWireTypes(schema, input);
          if ("thrown" in ours) {
            const refused =
              "thrown" in stock || "thrown" in theirs || misread || onlyWeRefuse(input);
            expect([hex, refused]).toEqual([hex, true]);
            return;
          }
          expect([hex, stock]).toEqual([hex, { value: expect.anything() }]);
          if (misread) return;
          const message = ours.value as Everything;
          expect([hex, { value: normal(Everything.encode(message).finish()) }]).toEqual([
            hex,
            theirs,
          ]);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(compared.read).toBeGreaterThan(100);
    expect(compared.refused).toBeGreaterThan(100);
  });
});

describe("protobufjs", () => {
  const root = new protobuf.Root().loadSync(join(import.meta.dirname, "../proto/everything.proto"));
  const type = root.lookupType("codec.test.v1.Everything");
  const options = { longs: String, enums: Number, bytes: String, defaults: false } as const;
  const plain = (bytes: Uint8Array): unknown => type.toObject(type.decode(bytes), options);

  test("reads what is written here, and what it writes is read here", () => {
    fc.assert(
      fc.property(everything, (message) => {
        const bytes = Everything.encode(message).finish();
        const written = type.encode(type.decode(bytes)).finish();
        expect(Everything.decode(written)).toEqual(Everything.decode(bytes));
        expect(plain(written)).toEqual(plain(bytes));
      }),
      RUNS,
    );
  });

  test("writes values of its own that are read here as they are", () => {
    fc.assert(
      fc.property(
        fc.record({
          oneInt64: scalar("int64"),
          oneUint64: scalar("uint64"),
          oneSint64: scalar("sint64"),
          oneSfixed64: scalar("sfixed64"),
          oneInt32: scalar("int32"),
          oneDouble: scalar("double"),
          oneString: text,
        }),
        (fields) => {
          const strings = Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [
              name,
              typeof value === "bigint" ? String(value) : value,
            ]),
          );
          expect(Everything.decode(type.encode(type.fromObject(strings)).finish())).toEqual(
            Everything.fromPartial(fields as object),
          );
        },
      ),
    );
  });
});
