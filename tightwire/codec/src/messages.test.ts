import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { Everything, Kind } from "./gen/codec/everything.js";
import { Everything as Stock } from "./gen/stock/everything.js";
import { outcomeOf, SCALARS, type ScalarName, valuesOf } from "./wire/wire.test-support.js";
import { BinaryWriter } from "./wire.js";

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

const everything = messages(messages(fc.constant({}))).map((partial) => Stock.fromPartial(partial));
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
const withUnknown = fc
  .tuple(everything, unknown)
  .map(([message, fields]) =>
    Buffer.concat([Stock.encode(message).finish(), Uint8Array.from(fields.flat())]),
  );
/** Many of them, as each holds dozens of fields. */
const RUNS = { numRuns: 300 };

describe("the code of ts-proto does with this reader and writer what it does with @bufbuild/protobuf's", () => {
  test("writes the same bytes", () => {
    fc.assert(
      fc.property(everything, (message) => {
        const bytes = Stock.encode(message).finish();
        expect(Buffer.compare(Everything.encode(message).finish(), bytes)).toBe(0);
        expect(
          Buffer.compare(Everything.encode(message, new BinaryWriter()).finishShared(), bytes),
        ).toBe(0);
      }),
      RUNS,
    );
  });

  test("reads the same message, and keeps the same unknown fields", () => {
    fc.assert(
      fc.property(withUnknown, (bytes) => {
        const message = Everything.decode(bytes);
        expect(message).toEqual(Stock.decode(Uint8Array.from(bytes)));
        expect(
          Buffer.compare(
            Everything.encode(message).finish(),
            Stock.encode(Stock.decode(bytes)).finish(),
          ),
        ).toBe(0);
      }),
      RUNS,
    );
  });

  test("refuses the same malformed bytes", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        withUnknown,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat()),
        (good, changes, cut) => {
          const bytes = Uint8Array.from(good);
          if (bytes.length === 0) return;
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const input = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          const ours = outcomeOf(() => Everything.decode(input));
          if (refusesText(input)) return;
          const theirs = outcomeOf(() => Stock.decode(input));
          compared++;
          // Which is slow, and tells what differs.
          if (!isDeepStrictEqual(ours, theirs)) expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: 1_500 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

/** Whether the one thing is in it that is refused here alone. */
function refusesText(input: Uint8Array): boolean {
  try {
    Everything.decode(input);
    return false;
  } catch (error) {
    return (error as Error).message.includes("invalid UTF-8");
  }
}

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
