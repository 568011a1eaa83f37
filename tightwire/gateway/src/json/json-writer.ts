import { type DescField, type DescMessage, fromBinary, ScalarType, toJson } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { BinaryReader, WireType } from "@tightwire/codec/wire";
import { hasOwnJson } from "@tightwire/routes";
import { enumText, keyReader, leave, NOT_HERE, textReader, wireTypeOf } from "./value-text.js";

/** Writes a message's bytes as JSON text. */
export type JsonWriter = (bytes: Uint8Array) => string;

/** The values of a map as text, by their keys: without a prototype, so that any key is one, and in the order in which JavaScript has them. */
type MapTexts = Record<string, string>;
/** A message's fields as text, at their places; undefined where nothing came. */
type Texts = (string | MapTexts | undefined)[];

/** Reads one field's value where the reader stands. */
type FieldReader = (texts: Texts, reader: BinaryReader, wireType: number, depth: number) => void;

/** A message type, as far as its JSON goes. */
interface Plan {
  /** By the number of the field. */
  readonly readers: ReadonlyMap<number, FieldReader>;
  /** In the order in which they are written. */
  readonly fields: readonly { readonly prefix: string; readonly list: boolean; readonly zero: string | undefined }[];
}

/** Deeper messages are left to who has a limit for them. */
const MOST_DEPTH = 50;
/**
 * A writer that goes from bytes to text at once, with no message and no tree of JSON between: several times as fast as `JSON.stringify(toJson(fromBinary(…)))`, and the same text. Defaults of fields without presence are
 * written. What is rare (a message in parts, unknown enum values, groups, malformed bytes) it leaves to `whole`, which does all of it.
 */
export function createJsonWriter(schema: DescMessage, whole: JsonWriter): JsonWriter {
  if (!isPlain(schema)) return whole;
  const plans = new Map<DescMessage, Plan>();
  const plan = planOf(schema, plans);
  return (bytes) => {
    try {
      const reader = new BinaryReader(bytes);
      return writeMessage(plan, reader, reader.len, 0);
    } catch {
      return whole(bytes);
    }
  };
}

/** Whether a message is its fields: no form of its own, no extensions, nothing required. */
function isPlain(desc: DescMessage): boolean {
  return (
    !hasOwnJson(desc) &&
    desc.proto.extensionRange.length === 0 &&
    desc.fields.every(({ presence, jsonName }) => presence !== Presence.LEGACY_REQUIRED && jsonName !== "__proto__")
  );
}

function writeMessage(plan: Plan, reader: BinaryReader, end: number, depth: number): string {
  const { readers, fields } = plan;
  if (depth > MOST_DEPTH) throw NOT_HERE;
  const texts: Texts = new Array(fields.length).fill(undefined);
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw NOT_HERE;
    const read = readers.get(tag >>> 3);
    if (read === undefined) reader.skip(tag & 7, tag >>> 3);
    else read(texts, reader, tag & 7, depth);
  }
  if (reader.pos !== end) throw NOT_HERE;
  let text = "";
  for (let at = 0; at < fields.length; at++) {
    const { prefix, list, zero } = fields[at] as Plan["fields"][number];
    const value = texts[at];
    const own = typeof value === "object" ? mapText(value) : value !== undefined && list ? `[${value}]` : (value ?? zero);
    if (own !== undefined) text += text === "" ? prefix + own : `,${prefix}${own}`;
  }
  return `{${text}}`;
}

function mapText(values: MapTexts): string {
  return `{${Object.keys(values)
    .map((key) => `${JSON.stringify(key)}:${values[key]}`)
    .join(",")}}`;
}

function planOf(desc: DescMessage, plans: Map<DescMessage, Plan>): Plan {
  const known = plans.get(desc);
  if (known !== undefined) return known;
  const readers = new Map<number, FieldReader>();
  const sorted = [...desc.fields].sort((a, b) => a.number - b.number);
  const plan: Plan = {
    readers,
    fields: sorted.map((field) => ({
      prefix: `${JSON.stringify(field.jsonName)}:`,
      list: field.fieldKind === "list",
      zero: zeroOf(field),
    })),
  };
  // Before its fields: a message may hold itself.
  plans.set(desc, plan);
  for (const [at, field] of sorted.entries()) readers.set(field.number, readerOf(field, at, sorted, plans));
  return plan;
}

/** What is written where nothing came; undefined for what has presence. */
function zeroOf(field: DescField): string | undefined {
  if (field.fieldKind === "list") return "[]";
  if (field.fieldKind === "map") return "{}";
  if (field.oneof !== undefined || field.presence !== Presence.IMPLICIT || field.fieldKind === "message") return undefined;
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

function readerOf(field: DescField, at: number, sorted: readonly DescField[], plans: Map<DescMessage, Plan>): FieldReader {
  const isGroup =
    (field.fieldKind === "message" || (field.fieldKind === "list" && field.listKind === "message")) && field.delimitedEncoding;
  if (isGroup) return leave;
  if (field.fieldKind === "map") return mapEntries(field, at, plans);
  if (field.fieldKind === "list") return field.listKind === "message" ? messages(field.message, at, plans) : values(field, at);
  const read = field.fieldKind === "message" ? message(field.message, at, plans) : value(field, at);
  const rivals = (field.oneof?.fields ?? []).filter((one) => one !== field).map((one) => sorted.indexOf(one));
  if (rivals.length === 0) return read;
  return (texts, reader, wireType, depth) => {
    for (const rival of rivals) texts[rival] = undefined;
    read(texts, reader, wireType, depth);
  };
}

function value(field: DescField, at: number): FieldReader {
  const wanted = wireTypeOf(field.scalar);
  const read = textReader(field);
  return (texts, reader, wireType) => {
    if (wireType !== wanted) throw NOT_HERE;
    texts[at] = read(reader);
  };
}

/** A repeated field, packed or not. */
function values(field: DescField, at: number): FieldReader {
  const wanted = wireTypeOf(field.scalar);
  const read = textReader(field);
  return (texts, reader, wireType) => {
    if (wireType === wanted) return append(texts, at, read(reader));
    if (wireType !== WireType.LengthDelimited) throw NOT_HERE;
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) append(texts, at, read(reader));
    if (reader.pos !== end) throw NOT_HERE;
  };
}

function message(desc: DescMessage, at: number, plans: Map<DescMessage, Plan>): FieldReader {
  const read = messageReader(desc, plans);
  return (texts, reader, wireType, depth) => {
    // Two parts of one message are merged.
    if (wireType !== WireType.LengthDelimited || texts[at] !== undefined) throw NOT_HERE;
    texts[at] = read(reader, depth);
  };
}

function messages(desc: DescMessage, at: number, plans: Map<DescMessage, Plan>): FieldReader {
  const read = messageReader(desc, plans);
  return (texts, reader, wireType, depth) => {
    if (wireType !== WireType.LengthDelimited) throw NOT_HERE;
    append(texts, at, read(reader, depth));
  };
}

type MapField = DescField & { fieldKind: "map" };

/** An entry of a map: a message with a key and a value, either of which may be left out. */
function mapEntries(field: MapField, at: number, plans: Map<DescMessage, Plan>): FieldReader {
  const readKey = keyReader(field.mapKey);
  const readMessage = field.mapKind === "message" ? messageReader(field.message, plans) : undefined;
  const readText = readMessage === undefined ? textReader(field) : undefined;
  const keyType = wireTypeOf(field.mapKey);
  const valueType = readMessage === undefined ? wireTypeOf(field.scalar) : WireType.LengthDelimited;
  return (texts, reader, wireType, depth) => {
    if (wireType !== WireType.LengthDelimited) throw NOT_HERE;
    const end = reader.uint32() + reader.pos;
    let key: string | undefined;
    let text: string | undefined;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === ((1 << 3) | keyType) && key === undefined) key = readKey(reader);
      else if (tag === ((2 << 3) | valueType) && text === undefined) text = readMessage?.(reader, depth) ?? readText?.(reader);
      else throw NOT_HERE;
    }
    if (reader.pos !== end || key === undefined || text === undefined) throw NOT_HERE;
    const entries = (texts[at] ?? Object.create(null)) as MapTexts;
    texts[at] = entries;
    entries[key] = text;
  };
}

function append(texts: Texts, at: number, text: string): void {
  const before = texts[at];
  texts[at] = before === undefined ? text : `${before},${text}`;
}

function messageReader(desc: DescMessage, plans: Map<DescMessage, Plan>): (reader: BinaryReader, depth: number) => string {
  // It needs to know the types that it may hold.
  if (desc.typeName === "google.protobuf.Any") return leave;
  if (hasOwnJson(desc)) return (reader) => JSON.stringify(toJson(desc, fromBinary(desc, reader.bytes())));
  if (!isPlain(desc)) return leave;
  const plan = planOf(desc, plans);
  return (reader, depth) => {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw NOT_HERE;
    return writeMessage(plan, reader, end, depth + 1);
  };
}
