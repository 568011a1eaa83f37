import {
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { type BinaryReader, WireType } from "@tightwire/codec/wire";
import { hasOwnJson } from "@tightwire/contract";
import type { JsonText } from "./json-text.js";
import {
  enumText,
  keyReader,
  throwUnsupported,
  type ValueWriter,
  valueWriter,
  wireTypeOf,
} from "./value-writer.js";

/** How the JSON of a message type is written. */
export interface Plan {
  /** In the order of their numbers: the order of writing, and nearly always of arrival. */
  readonly fields: FieldPlan[];
  /** The index in `fields` of a field, by its number. */
  readonly places: Map<number, number>;
}

/** How a field is written. */
export interface FieldPlan {
  readonly number: number;
  /** `,"name":` */
  readonly prefix: Uint8Array;
  /** What is written when the field is absent, with its prefix; undefined for explicit presence. */
  readonly zero: Uint8Array | undefined;
  readonly kind: "one" | "list" | "map";
  /** The wire type of its value, or of the values of a map. */
  readonly wireType: WireType;
  readonly write: ValueWriter;
  /** Set for maps only. */
  readonly key: KeyPlan | undefined;
  /** A bit for its oneof, of which only one field is written; 0 outside of oneofs. */
  readonly oneof: number;
}

/** How the keys of a map are read. */
export interface KeyPlan {
  readonly wireType: WireType;
  readonly read: (source: BinaryReader, out: JsonText) => string;
}

/** Makes the writer of nested messages out of their plan. */
export type NestedWriter = (plan: Plan) => ValueWriter;

/** The oneofs of a message must fit into the bits of a small integer. */
const MAX_ONEOFS = 30;

/**
 * Plans how the JSON of a message type is written; the plans of its nested messages are passed to
 * `nested`. Undefined for a message whose JSON is not simply its fields.
 */
export function createPlan(schema: DescMessage, nested: NestedWriter): Plan | undefined {
  return isPlain(schema) ? planMessage(schema, new Map(), nested) : undefined;
}

/** Whether a message's JSON is its fields: no special form, no extensions, nothing required. */
function isPlain(desc: DescMessage): boolean {
  return (
    !hasOwnJson(desc) &&
    desc.proto.extensionRange.length === 0 &&
    desc.oneofs.length <= MAX_ONEOFS &&
    desc.fields.every(
      ({ presence, jsonName }) => presence !== Presence.LEGACY_REQUIRED && jsonName !== "__proto__",
    )
  );
}

function planMessage(desc: DescMessage, plans: Map<DescMessage, Plan>, nested: NestedWriter): Plan {
  const known = plans.get(desc);
  if (known !== undefined) return known;
  const plan: Plan = { fields: [], places: new Map() };
  // Before its fields: a message may contain itself.
  plans.set(desc, plan);
  const sorted = [...desc.fields].sort((a, b) => a.number - b.number);
  for (const [place, field] of sorted.entries()) {
    plan.places.set(field.number, place);
    plan.fields.push(planField(field, plans, nested));
  }
  return plan;
}

function planField(
  field: DescField,
  plans: Map<DescMessage, Plan>,
  nested: NestedWriter,
): FieldPlan {
  const prefix = `,${JSON.stringify(field.jsonName)}:`;
  const zero = zeroOf(field);
  const isMessage = field.message !== undefined;
  return {
    number: field.number,
    prefix: Buffer.from(prefix),
    zero: zero === undefined ? undefined : Buffer.from(prefix + zero),
    kind: field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "one",
    wireType: isMessage ? WireType.LengthDelimited : wireTypeOf(field.scalar),
    write: planValue(field, plans, nested),
    key:
      field.fieldKind === "map"
        ? { wireType: wireTypeOf(field.mapKey), read: keyReader(field.mapKey) }
        : undefined,
    oneof: field.oneof === undefined ? 0 : 1 << field.parent.oneofs.indexOf(field.oneof),
  };
}

function planValue(
  field: DescField,
  plans: Map<DescMessage, Plan>,
  nested: NestedWriter,
): ValueWriter {
  const { message } = field;
  if (message === undefined) return valueWriter(field);
  // An Any needs the registry.
  if (isGroup(field) || message.typeName === "google.protobuf.Any") return throwUnsupported;
  if (hasOwnJson(message))
    return (source, out) =>
      out.text(JSON.stringify(toJson(message, fromBinary(message, source.bytes()))));
  return isPlain(message) ? nested(planMessage(message, plans, nested)) : throwUnsupported;
}

/** What is written when a field is absent; undefined for explicit presence. */
function zeroOf(field: DescField): string | undefined {
  if (field.fieldKind === "list") return "[]";
  if (field.fieldKind === "map") return "{}";
  if (
    field.oneof !== undefined ||
    field.presence !== Presence.IMPLICIT ||
    field.fieldKind === "message"
  )
    return undefined;
  if (field.fieldKind === "enum") return enumText(field.enum, field.enum.values[0]?.number ?? 0);
  if (field.scalar === ScalarType.BOOL) return "false";
  return ZERO_TEXTS.has(field.scalar) ? (ZERO_TEXTS.get(field.scalar) as string) : "0";
}

const ZERO_TEXTS: ReadonlyMap<ScalarType, string> = new Map([
  [ScalarType.STRING, '""'],
  [ScalarType.BYTES, '""'],
  [ScalarType.INT64, '"0"'],
  [ScalarType.UINT64, '"0"'],
  [ScalarType.SINT64, '"0"'],
  [ScalarType.FIXED64, '"0"'],
  [ScalarType.SFIXED64, '"0"'],
]);

function isGroup(field: DescField): boolean {
  return (
    (field.fieldKind === "message" ||
      (field.fieldKind === "list" && field.listKind === "message")) &&
    field.delimitedEncoding
  );
}
