import { BinaryReader, BinaryWriter, WireType } from "./wire.js";

/** What becomes of the content of length-delimited fields, by their number. */
export type FieldRewrites = Readonly<Record<number, (content: Uint8Array) => Uint8Array>>;

/** Changes the content of length-delimited fields of a message and copies everything else. */
export function rewriteFields(message: Uint8Array, rewrites: FieldRewrites): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    writer.tag(number, wireType);
    const rewrite = wireType === WireType.LengthDelimited ? rewrites[number] : undefined;
    if (rewrite === undefined) writer.raw(reader.skip(wireType, number));
    else writer.bytes(rewrite(reader.bytes()));
  }
  return writer.finish();
}
