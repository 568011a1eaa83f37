import { type DescEnum, type DescField, enumToJson, ScalarType } from "@bufbuild/protobuf";
import { type BinaryReader, WireType } from "@tightwire/codec/wire";

/** Thrown for what is left to who does all of it. */
export const NOT_HERE: Error = new Error("not written here");

/** Leaves it to who does all of it. */
export function leave(): never {
  throw NOT_HERE;
}

/** Reads a key of a map, as JSON has it: always a text. */
export function keyReader(type: ScalarType): (reader: BinaryReader) => string {
  if (type === ScalarType.STRING) return (reader) => reader.string();
  const read = scalarReader(type);
  return (reader) => read(reader).replaceAll('"', "");
}

/** Reads a value that is no message, as JSON text. Throws {@link NOT_HERE} for an enum value that the contract does not have. */
export function textReader(field: DescField): (reader: BinaryReader) => string {
  if (field.enum !== undefined) {
    const { enum: desc } = field;
    const names = new Map(desc.values.map(({ number }) => [number, enumText(desc, number)]));
    return (reader) => names.get(reader.int32()) ?? leave();
  }
  return scalarReader(field.scalar as ScalarType);
}

function scalarReader(type: ScalarType): (reader: BinaryReader) => string {
  switch (type) {
    case ScalarType.STRING:
      return (reader) => stringText(reader.string());
    case ScalarType.BYTES:
      return (reader) => `"${Buffer.from(reader.bytes()).toString("base64")}"`;
    case ScalarType.BOOL:
      return (reader) => (reader.bool() ? "true" : "false");
    case ScalarType.DOUBLE:
      return (reader) => numberText(reader.double());
    case ScalarType.FLOAT:
      return (reader) => numberText(reader.float());
    case ScalarType.INT64:
      return (reader) => `"${reader.int64()}"`;
    case ScalarType.UINT64:
      return (reader) => `"${reader.uint64()}"`;
    case ScalarType.SINT64:
      return (reader) => `"${reader.sint64()}"`;
    case ScalarType.FIXED64:
      return (reader) => `"${reader.fixed64()}"`;
    case ScalarType.SFIXED64:
      return (reader) => `"${reader.sfixed64()}"`;
    case ScalarType.INT32:
      return (reader) => `${reader.int32()}`;
    case ScalarType.UINT32:
      return (reader) => `${reader.uint32()}`;
    case ScalarType.SINT32:
      return (reader) => `${reader.sint32()}`;
    case ScalarType.FIXED32:
      return (reader) => `${reader.fixed32()}`;
    case ScalarType.SFIXED32:
      return (reader) => `${reader.sfixed32()}`;
  }
}

/** What is longer is better left to the runtime. */
const SHORT = 64;
const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;

/** A text in quotes; most are short and hold nothing that has to be escaped. */
function stringText(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code === QUOTE || code === BACKSLASH) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function numberText(number: number): string {
  return Number.isFinite(number) ? JSON.stringify(number) : `"${number}"`;
}

/** The JSON text of an enum value. */
export function enumText(desc: DescEnum, number: number): string {
  return JSON.stringify(enumToJson(desc, number as never));
}

/** The wire type of a scalar, or of an enum, which has none. */
export function wireTypeOf(type: ScalarType | undefined): WireType {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}
