import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  type Registry,
  type ScalarType,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import * as wkt from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { type Draw, randomEnum, randomScalar } from "./random-scalar.test-support.js";

/** Settings for random messages. */
export interface RandomParts {
  readonly draw: Draw;
  /** Has the messages that an `Any` may contain. */
  readonly registry: Registry;
  /** The depth limit of nested messages. */
  readonly depth: number;
}

/** Makes a message with some fields set, and of each oneof at most one. */
export function randomMessage(desc: DescMessage, parts: RandomParts): ReflectMessage {
  const known = WELL_KNOWN.get(desc.typeName);
  if (known !== undefined) return reflect(desc, known(parts) as Message);
  const message = reflect(desc);
  // The more fields, the smaller the part that is set, so that no message becomes large.
  const share = Math.min(40, 600 / desc.fields.length);
  for (const field of desc.fields) {
    if (field.oneof !== undefined && message.oneofCase(field.oneof) !== undefined) continue;
    if (parts.draw(() => fc.integer({ min: 0, max: 99 })) < share) setRandom(message, field, parts);
  }
  return message;
}

/** Sets a field to a random value, except a message that would be nested too deep. */
export function setRandom(message: ReflectMessage, field: DescField, parts: RandomParts): void {
  const { draw, depth } = parts;
  if (field.message !== undefined && depth === 0 && !WELL_KNOWN.has(field.message.typeName)) return;
  const below = { ...parts, depth: Math.max(0, depth - 1) };
  if (field.fieldKind === "list") {
    const list = message.get(field);
    for (let left = draw(() => fc.integer({ min: 0, max: 3 })); left > 0; left--)
      list.add(randomSingle(field, below));
  } else if (field.fieldKind === "map") {
    const map = message.get(field);
    for (let left = draw(() => fc.integer({ min: 0, max: 3 })); left > 0; left--) {
      map.set(randomScalar(field.mapKey, draw) as string, randomSingle(field, below));
    }
  } else {
    message.set(field, randomSingle(field, below));
  }
}

/** Makes a value of a field, or of one of its items. */
function randomSingle(field: DescField, parts: RandomParts): unknown {
  if (field.message !== undefined) return randomMessage(field.message, parts);
  if (field.enum !== undefined) return randomEnum(field.enum, parts.draw);
  return randomScalar(field.scalar as ScalarType, parts.draw);
}

/** Values that ProtoJSON can represent. */
const WELL_KNOWN: ReadonlyMap<string, (parts: RandomParts) => Message> = new Map<
  string,
  (parts: RandomParts) => Message
>([
  ["google.protobuf.Timestamp", ({ draw }) => randomTimestamp(draw)],
  ["google.protobuf.Duration", ({ draw }) => randomDuration(draw)],
  [
    "google.protobuf.FieldMask",
    ({ draw }) =>
      create(wkt.FieldMaskSchema, {
        paths: draw(() => fc.subarray(["name", "display_name", "a.b_c", "spec.replicas"])),
      }),
  ],
  ["google.protobuf.Any", randomAny],
  ["google.protobuf.Struct", ({ draw, depth }) => randomStruct(draw, depth)],
  ["google.protobuf.Value", ({ draw, depth }) => randomValue(draw, depth)],
  ["google.protobuf.ListValue", ({ draw, depth }) => randomListValue(draw, depth)],
]);

const nanos = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(0, 1, 1_000, 500_000_000, 999_999_999),
    fc.integer({ min: 0, max: 999_999_999 }),
  );

function randomTimestamp(draw: Draw): wkt.Timestamp {
  const [first, last] = [-62_135_596_800n, 253_402_300_799n];
  const seconds = draw(() =>
    fc.oneof(fc.bigInt({ min: first, max: last }), fc.constantFrom(first, last, 0n, -1n)),
  );
  return create(wkt.TimestampSchema, { seconds, nanos: draw(nanos) });
}

function randomDuration(draw: Draw): wkt.Duration {
  const seconds = draw(() => fc.bigInt({ min: -315_576_000_000n, max: 315_576_000_000n }));
  return create(wkt.DurationSchema, { seconds, nanos: seconds < 0n ? -draw(nanos) : draw(nanos) });
}

function randomAny({ draw, registry, depth }: RandomParts): wkt.Any {
  const types = [...registry]
    .filter((one) => one.kind === "message")
    .filter(
      ({ fields, file }) => fields.length < 10 && file.edition === wkt.Edition.EDITION_PROTO3,
    );
  const type = draw(() => fc.constantFrom(...types));
  const any = create(wkt.AnySchema);
  wkt.anyPack(
    type,
    randomMessage(type, { draw, registry, depth: Math.min(depth, 1) }).message,
    any,
  );
  return any;
}

const key = (): fc.Arbitrary<string> => fc.constantFrom("a", "b", "__proto__", "constructor", "");

function randomStruct(draw: Draw, depth: number): wkt.Struct {
  const fields: [string, wkt.Value][] = [];
  for (let left = draw(() => fc.integer({ min: 0, max: 3 })); left > 0; left--)
    fields.push([draw(key), randomValue(draw, depth - 1)]);
  return create(wkt.StructSchema, { fields: Object.fromEntries(fields) });
}

function randomListValue(draw: Draw, depth: number): wkt.ListValue {
  const length = draw(() => fc.integer({ min: 0, max: 3 }));
  return create(wkt.ListValueSchema, {
    values: Array.from({ length }, () => randomValue(draw, depth - 1)),
  });
}

function randomValue(draw: Draw, depth: number): wkt.Value {
  const kind = draw(() => fc.integer({ min: 0, max: depth > 0 ? 5 : 3 }));
  const kinds = [
    () => ({ case: "nullValue" as const, value: wkt.NullValue.NULL_VALUE }),
    () => ({
      case: "numberValue" as const,
      value: draw(() =>
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      ),
    }),
    () => ({
      case: "stringValue" as const,
      value: draw(() => fc.string({ unit: "binary", maxLength: 8 })),
    }),
    () => ({ case: "boolValue" as const, value: draw(fc.boolean) }),
    () => ({ case: "structValue" as const, value: randomStruct(draw, depth) }),
    () => ({ case: "listValue" as const, value: randomListValue(draw, depth) }),
  ];
  return create(wkt.ValueSchema, { kind: (kinds[kind] as (typeof kinds)[number])() });
}
