import {
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { WireType } from "@tightwire/codec/wire";
import { hasOwnJson } from "@tightwire/routes";
import { JsonText } from "./json-text.js";
import {
  enumText,
  keyReader,
  leave,
  NOT_HERE,
  Source,
  type ValueWriter,
  valueWriter,
  wireTypeOf,
} from "./value-writer.js";

/** Writes a message's bytes as JSON, in UTF-8. */
export type JsonWriter = (bytes: Uint8Array) => Buffer;

/**
 * The values of a map as text, by their keys: without a prototype, so that any key is one, and in
 * the order in which JavaScript has them.
 */
type MapTexts = Record<string, string>;

/** How a field is written. */
interface FieldPlan {
  readonly number: number;
  /** `,"name":` */
  readonly prefix: Uint8Array;
  /** What is written where nothing came, with its prefix; undefined for what has presence. */
  readonly zero: Uint8Array | undefined;
  readonly kind: "one" | "list" | "map";
  /** How its value comes, or that of an entry of a map. */
  readonly wireType: WireType;
  readonly write: ValueWriter;
  /** Of a map. */
  readonly key: KeyPlan | undefined;
  /** A bit for its oneof, of which one field is written; 0 outside of them. */
  readonly oneof: number;
}

/** How the keys of a map are read. */
interface KeyPlan {
  readonly wireType: WireType;
  readonly read: (source: Source, out: JsonText) => string;
}

/** A message type, as far as its JSON goes. */
interface Plan {
  /** In the order of their numbers, in which they are written and, nearly always, come. */
  readonly fields: FieldPlan[];
  /** Where a field stands in `fields`, by its number. */
  readonly places: Map<number, number>;
}

/** Deeper messages are left to who has a limit for them. */
const MOST_DEPTH = 50;
/** More are left to who needs no bits for them. */
const MOST_ONEOFS = 30;

const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COMMA] = [
  0x7b, 0x7d, 0x5b, 0x5d, 0x2c,
] as const;

/**
 * A writer that goes from bytes to bytes at once, with no message, no tree of JSON and hardly a
 * string between: many times as fast as `JSON.stringify(toJson(fromBinary(…)))`, and the same text.
 * Defaults of fields without presence are written. What is rare (fields that come in another order
 * than that of their numbers, a message in parts, unknown enum values, groups, malformed bytes) it
 * leaves to `whole`, which does all of it.
 */
export function createJsonWriter(
  schema: DescMessage,
  whole: (bytes: Uint8Array) => string,
): JsonWriter {
  const all = (bytes: Uint8Array): Buffer => Buffer.from(whole(bytes));
  if (!isPlain(schema)) return all;
  const plan = planOf(schema, new Map());
  return (bytes) => {
    try {
      const source = new Source(bytes);
      shared.begin();
      writeMessage(plan, source, source.len, 0, shared);
      return shared.end();
    } catch {
      return all(bytes);
    }
  };
}

/** One for all writers: each ends what it begins before another one begins. */
const shared = new JsonText();

/** Whether a message is its fields: no form of its own, no extensions, nothing required. */
function isPlain(desc: DescMessage): boolean {
  return (
    !hasOwnJson(desc) &&
    desc.proto.extensionRange.length === 0 &&
    desc.oneofs.length <= MOST_ONEOFS &&
    desc.fields.every(
      ({ presence, jsonName }) => presence !== Presence.LEGACY_REQUIRED && jsonName !== "__proto__",
    )
  );
}

function writeMessage(
  { fields, places }: Plan,
  source: Source,
  end: number,
  depth: number,
  out: JsonText,
): void {
  if (depth > MOST_DEPTH) throw NOT_HERE;
  out.byte(OPEN_OBJECT);
  const empty = out.length;
  /** Fields before it are written. */
  let next = 0;
  let oneofs = 0;
  /** The list or map that more may come for. */
  let open: FieldPlan | undefined;
  let texts: MapTexts | undefined;
  let elements = 0;
  while (source.pos < end) {
    const tag = source.uint32();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (open === undefined || open.number !== number) {
      const place = fields[next]?.number === number ? next : places.get(number);
      if (place === undefined) {
        if (number === 0) throw NOT_HERE;
        source.skip(wireType, number);
        continue;
      }
      if (place < next) throw NOT_HERE;
      if (open !== undefined) close(open, texts, out);
      for (; next < place; next++) writeZero(fields[next] as FieldPlan, empty, out);
      next = place + 1;
      const field = fields[place] as FieldPlan;
      if ((oneofs & field.oneof) !== 0) throw NOT_HERE;
      oneofs |= field.oneof;
      out.raw(field.prefix, out.length === empty ? 1 : 0);
      if (field.kind === "one") {
        open = undefined;
        if (wireType !== field.wireType) throw NOT_HERE;
        field.write(source, out, depth);
        continue;
      }
      open = field;
      elements = 0;
      if (field.kind === "list") out.byte(OPEN_LIST);
      else texts = Object.create(null) as MapTexts;
    }
    if (open.kind === "map") readEntry(open, texts as MapTexts, source, wireType, depth, out);
    else elements = writeElements(open, elements, source, wireType, depth, out);
  }
  if (source.pos !== end) throw NOT_HERE;
  if (open !== undefined) close(open, texts, out);
  for (; next < fields.length; next++) writeZero(fields[next] as FieldPlan, empty, out);
  out.byte(CLOSE_OBJECT);
}

function writeZero({ zero }: FieldPlan, empty: number, out: JsonText): void {
  if (zero !== undefined) out.raw(zero, out.length === empty ? 1 : 0);
}

/** One element of a list, or several that come packed. Returns how many there are now. */
function writeElements(
  { wireType: wanted, write }: FieldPlan,
  before: number,
  source: Source,
  wireType: number,
  depth: number,
  out: JsonText,
): number {
  let elements = before;
  if (wireType === wanted) {
    if (elements++ > 0) out.byte(COMMA);
    write(source, out, depth);
    return elements;
  }
  if (wireType !== WireType.LengthDelimited) throw NOT_HERE;
  const end = source.uint32() + source.pos;
  while (source.pos < end) {
    if (elements++ > 0) out.byte(COMMA);
    write(source, out, depth);
  }
  if (source.pos !== end) throw NOT_HERE;
  return elements;
}

/** An entry of a map: a message with a key and a value, either of which may be left out. */
function readEntry(
  { key: keys, wireType: valueType, write }: FieldPlan,
  texts: MapTexts,
  source: Source,
  wireType: number,
  depth: number,
  out: JsonText,
): void {
  const { wireType: keyType, read } = keys as KeyPlan;
  if (wireType !== WireType.LengthDelimited) throw NOT_HERE;
  const end = source.uint32() + source.pos;
  let key: string | undefined;
  let text: string | undefined;
  while (source.pos < end) {
    const tag = source.uint32();
    if (tag === ((1 << 3) | keyType) && key === undefined) key = read(source, out);
    else if (tag === ((2 << 3) | valueType) && text === undefined) {
      const { length } = out;
      write(source, out, depth);
      text = out.takeBack(length);
    } else throw NOT_HERE;
  }
  if (source.pos !== end || key === undefined || text === undefined) throw NOT_HERE;
  texts[key] = text;
}

function close({ kind }: FieldPlan, texts: MapTexts | undefined, out: JsonText): void {
  if (kind === "list") return out.byte(CLOSE_LIST);
  const entries = Object.entries(texts as MapTexts).map(
    ([key, text]) => `${JSON.stringify(key)}:${text}`,
  );
  out.text(`{${entries.join(",")}}`);
}

function planOf(desc: DescMessage, plans: Map<DescMessage, Plan>): Plan {
  const known = plans.get(desc);
  if (known !== undefined) return known;
  const plan: Plan = { fields: [], places: new Map() };
  // Before its fields: a message may hold itself.
  plans.set(desc, plan);
  const sorted = [...desc.fields].sort((a, b) => a.number - b.number);
  for (const [place, field] of sorted.entries()) {
    plan.places.set(field.number, place);
    plan.fields.push(planOfField(field, plans));
  }
  return plan;
}

function planOfField(field: DescField, plans: Map<DescMessage, Plan>): FieldPlan {
  const prefix = `,${JSON.stringify(field.jsonName)}:`;
  const zero = zeroOf(field);
  const isMessage = field.message !== undefined;
  return {
    number: field.number,
    prefix: Buffer.from(prefix),
    zero: zero === undefined ? undefined : Buffer.from(prefix + zero),
    kind: field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "one",
    wireType: isMessage ? WireType.LengthDelimited : wireTypeOf(field.scalar),
    write:
      field.message === undefined
        ? valueWriter(field)
        : isGroup(field)
          ? leave
          : messageWriter(field.message, plans),
    key:
      field.fieldKind === "map"
        ? { wireType: wireTypeOf(field.mapKey), read: keyReader(field.mapKey) }
        : undefined,
    oneof: field.oneof === undefined ? 0 : 1 << field.parent.oneofs.indexOf(field.oneof),
  };
}

/** What is written where nothing came; undefined for what has presence. */
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

function messageWriter(desc: DescMessage, plans: Map<DescMessage, Plan>): ValueWriter {
  // It needs to know the types that it may hold.
  if (desc.typeName === "google.protobuf.Any") return leave;
  if (hasOwnJson(desc))
    return (source, out) =>
      out.text(JSON.stringify(toJson(desc, fromBinary(desc, source.bytes()))));
  if (!isPlain(desc)) return leave;
  const plan = planOf(desc, plans);
  return (source, out, depth) => {
    const end = source.uint32() + source.pos;
    if (end > source.len) throw NOT_HERE;
    writeMessage(plan, source, end, depth + 1, out);
  };
}
