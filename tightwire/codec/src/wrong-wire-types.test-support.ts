import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** What a field, or an entry of a map, is read as: the wire types it may have, and its message. */
interface Expected {
  readonly types: readonly WireType[];
  readonly fields?: (no: number) => Expected | undefined;
}

/**
 * Whether a known field has a wire type that is not its own, at any depth, entries of maps too:
 * protobuf-es reads such a field as if it had the right one. Malformed bytes end the search.
 */
export function hasWrongWireTypes(schema: DescMessage, bytes: Uint8Array): boolean {
  try {
    return isWrong(fieldsOf(schema), new BinaryReader(bytes), bytes.length);
  } catch {
    return false;
  }
}

function isWrong(fields: NonNullable<Expected["fields"]>, reader: BinaryReader, end: number) {
  while (reader.pos < end) {
    const [no, type] = reader.tag();
    const expected = fields(no);
    if (expected && !expected.types.includes(type)) return true;
    if (expected?.fields && isWrong(expected.fields, reader, reader.uint32() + reader.pos)) {
      return true;
    }
    if (!expected?.fields) reader.skip(type, no);
  }
  return false;
}

function fieldsOf(schema: DescMessage): (no: number) => Expected | undefined {
  return (no) => {
    const field = schema.fields.find(({ number }) => number === no);
    return field && expectedOf(field);
  };
}

function expectedOf(field: DescField): Expected {
  if (field.fieldKind === "map") {
    const value = field.message ? messageOf(field.message) : scalarOf(field.scalar);
    const entry = [undefined, scalarOf(field.mapKey), value];
    return { types: [WireType.LengthDelimited], fields: (no) => entry[no] };
  }
  if (field.message) return messageOf(field.message);
  const one = scalarOf(field.scalar);
  if (field.fieldKind !== "list") return one;
  return { types: [...one.types, WireType.LengthDelimited] };
}

const messageOf = (message: DescMessage): Expected => ({
  types: [WireType.LengthDelimited],
  fields: fieldsOf(message),
});

/** Of a scalar; of an enum, which has none. */
function scalarOf(scalar: ScalarType | undefined): Expected {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return { types: [WireType.LengthDelimited] };
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return { types: [WireType.Bit64] };
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return { types: [WireType.Bit32] };
    default:
      return { types: [WireType.Varint] };
  }
}
