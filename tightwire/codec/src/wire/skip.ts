import { tooDeep, wrongEndGroup } from "./malformed.js";
import { WireType } from "./wire-type.js";

/** What skipping needs of a reader. */
export interface SkipSource {
  pos: number;
  fieldTag(): number;
  lengthEnd(): number;
  sfixed32(): number;
  uint32(): number;
}

/**
 * Passes over a value. A group is read to its end, which must be that of `field` if that is given,
 * with at most so many `groups` in each other.
 */
export function skipValue(
  reader: SkipSource,
  wireType: number,
  field: number | undefined,
  groups: number,
): void {
  switch (wireType) {
    case WireType.Varint:
      reader.uint32();
      return;
    case WireType.Bit64:
      reader.sfixed32();
      reader.sfixed32();
      return;
    case WireType.LengthDelimited:
      reader.pos = reader.lengthEnd();
      return;
    case WireType.StartGroup:
      return skipGroup(reader, field, groups);
    case WireType.Bit32:
      reader.sfixed32();
      return;
    default:
      throw new Error(`cant skip wire type ${wireType}`);
  }
}

function skipGroup(reader: SkipSource, field: number | undefined, groups: number): void {
  if (groups <= 0) throw tooDeep();
  for (;;) {
    const tag = reader.fieldTag();
    if ((tag & 7) !== WireType.EndGroup) skipValue(reader, tag & 7, tag >>> 3, groups - 1);
    else if (field === undefined || tag >>> 3 === field) return;
    else throw wrongEndGroup(tag);
  }
}
