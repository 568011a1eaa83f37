import { type DescEnum, type DescField, enumToJson, ScalarType } from "@bufbuild/protobuf";
import { type BinaryReader, WireType } from "@tightwire/codec/wire";
import type { JsonText } from "./json-text.js";

/** Thrown for input that the fast writer does not support. The fallback then writes the message. */
export const UNSUPPORTED: Error = new Error("not supported by the fast JSON writer");

/** Throws {@link UNSUPPORTED}. */
export function throwUnsupported(): never {
  throw UNSUPPORTED;
}

/** Reads a value at the position of the source, and writes it as JSON. */
export type ValueWriter = (source: BinaryReader, out: JsonText, depth: number) => void;

const TRUE: Uint8Array = Buffer.from("true");
const FALSE: Uint8Array = Buffer.from("false");
const QUOTE = 0x22;

/**
 * Makes the writer of a scalar or enum field. It throws {@link UNSUPPORTED} for an enum value that
 * the contract does not have.
 */
export function valueWriter({ enum: desc, scalar }: DescField): ValueWriter {
  if (desc === undefined) return scalarWriter(scalar as ScalarType);
  const names = new Map(
    desc.values.map(({ number }) => [number, Buffer.from(enumText(desc, number))]),
  );
  return (source, out) => out.raw(names.get(source.int32()) ?? throwUnsupported());
}

/**
 * Makes the reader of map keys. JSON keys are strings: a key is written to `out` and taken back.
 */
export function keyReader(type: ScalarType): (source: BinaryReader, out: JsonText) => string {
  if (type === ScalarType.STRING) return (source) => source.string();
  const write = scalarWriter(type);
  return (source, out) => {
    const { length } = out;
    write(source, out, 0);
    return out.takeBack(length).replaceAll('"', "");
  };
}

function scalarWriter(type: ScalarType): ValueWriter {
  switch (type) {
    case ScalarType.STRING:
      return writeString;
    case ScalarType.BYTES:
      return (source, out) => out.text(`"${Buffer.from(source.bytes()).toString("base64")}"`);
    case ScalarType.BOOL:
      return (source, out) => out.raw(source.bool() ? TRUE : FALSE);
    case ScalarType.DOUBLE:
      return (source, out) => writeNumber(source.double(), out);
    case ScalarType.FLOAT:
      return (source, out) => writeNumber(source.float(), out);
    case ScalarType.INT64:
      return (source, out) => writeShort64(source, out) || out.text(`"${source.int64()}"`);
    case ScalarType.UINT64:
      return (source, out) => writeShort64(source, out) || out.text(`"${source.uint64()}"`);
    case ScalarType.SINT64:
      return (source, out) => out.text(`"${source.sint64()}"`);
    case ScalarType.FIXED64:
      return (source, out) => out.text(`"${source.fixed64()}"`);
    case ScalarType.SFIXED64:
      return (source, out) => out.text(`"${source.sfixed64()}"`);
    case ScalarType.INT32:
      return (source, out) => out.integer(source.int32());
    case ScalarType.UINT32:
      return (source, out) => out.integer(source.uint32());
    case ScalarType.SINT32:
      return (source, out) => out.integer(source.sint32());
    case ScalarType.FIXED32:
      return (source, out) => out.integer(source.fixed32());
    case ScalarType.SFIXED32:
      return (source, out) => out.integer(source.sfixed32());
  }
}

function writeString(source: BinaryReader, out: JsonText): void {
  const start = source.pos;
  const length = source.uint32();
  const { pos } = source;
  if (pos + length <= source.len && out.quote(source.input, pos, length)) {
    source.pos = pos + length;
  } else {
    source.pos = start;
    out.text(JSON.stringify(source.string()));
  }
}

/** JavaScript numbers represent varints of this many bytes exactly. */
const SHORT_VARINT_BYTES = 7;

/** Writes a short 64-bit varint without a bigint. False, with nothing read, when it is longer. */
function writeShort64(source: BinaryReader, out: JsonText): boolean {
  const { input, pos, len } = source;
  const end = Math.min(len, pos + SHORT_VARINT_BYTES);
  let value = 0;
  let factor = 1;
  for (let at = pos; at < end; at++) {
    const byte = input[at] as number;
    value += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte > 0x7f) continue;
    source.pos = at + 1;
    out.byte(QUOTE);
    out.integer(value);
    out.byte(QUOTE);
    return true;
  }
  return false;
}

function writeNumber(value: number, out: JsonText): void {
  // JSON does not distinguish 0 and -0.
  if ((value | 0) === value) out.integer(value | 0);
  else out.text(Number.isFinite(value) ? String(value) : `"${value}"`);
}

/** The JSON text of an enum value. */
export function enumText(desc: DescEnum, number: number): string {
  return JSON.stringify(enumToJson(desc, number as never));
}

/** The wire type of a scalar type; undefined is an enum. */
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
