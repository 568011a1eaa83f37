/**
 * How a field's value stands on the wire (protobuf encoding, "Message Structure"): enough to find
 * its end. The names of `@bufbuild/protobuf/wire`.
 */
export const WireType = {
  /** int32, int64, uint32, uint64, sint32, sint64, bool, enum. */
  Varint: 0,
  /** fixed64, sfixed64, double: 8 bytes, little-endian. */
  Bit64: 1,
  /** string, bytes, messages, packed repeated fields. */
  LengthDelimited: 2,
  /** The beginning of a group. */
  StartGroup: 3,
  /** The end of a group. */
  EndGroup: 4,
  /** fixed32, sfixed32, float: 4 bytes, little-endian. */
  Bit32: 5,
} as const;

/** One of the six. */
export type WireType = (typeof WireType)[keyof typeof WireType];
