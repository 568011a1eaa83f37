import { BinaryReader, BinaryWriter, WireType } from "./wire.js";

/**
 * Field of a `CodeGeneratorResponse` that holds a file, and of a file the field that holds its text
 * (`google/protobuf/compiler/plugin.proto`).
 */
const FILE = 15;
const CONTENT = 15;

const STOCK = '"@bufbuild/protobuf/wire"';
const OURS = '"@tightwire/codec/wire"';

/**
 * Takes what ts-proto returns to protoc, and has all its files import their reader and writer from
 * `@tightwire/codec/wire`. Nothing else is changed.
 */
export function rewriteResponse(response: Uint8Array): Uint8Array {
  return rewriteField(response, FILE, (file) =>
    rewriteField(file, CONTENT, (content) =>
      Buffer.from(Buffer.from(content).toString("utf8").replaceAll(STOCK, OURS), "utf8"),
    ),
  );
}

/** Changes the content of one length-delimited field of a message and copies all others. */
function rewriteField(
  message: Uint8Array,
  field: number,
  rewrite: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    writer.tag(number, wireType);
    if (number === field && wireType === WireType.LengthDelimited)
      writer.bytes(rewrite(reader.bytes()));
    else writer.raw(reader.skip(wireType, number));
  }
  return writer.finish();
}
