// Bytes of protobuf, written by hand: what the cases are made of. Nothing of the codec that they
// test is used. Everything is a Buffer.

export const concat = (...parts) => Buffer.concat(parts);
export const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");
export const utf8 = (text) => Buffer.from(text, "utf8");

/** A varint of 64 bits, with so many bytes at least. */
export function varint(value, size = 1) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest !== 0n);
  while (bytes.length < size) bytes.push(0);
  return Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte : byte | 0x80)));
}

/** A varint whose sign is its lowest bit. */
export const zigzag = (value) =>
  varint(BigInt(value) < 0n ? -2n * BigInt(value) - 1n : 2n * BigInt(value));
export const tag = (field, wireType, size = 1) =>
  varint(BigInt(field) * 8n + BigInt(wireType), size);
export const withLength = (content) => concat(varint(content.length), content);
/** A length-delimited field: text, bytes, a message, or packed values. */
export const delimited = (field, ...content) =>
  concat(tag(field, 2), withLength(concat(...content)));
export const group = (field, ...content) => concat(tag(field, 3), ...content, tag(field, 4));

function fixed(size, write) {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

export const fixed32 = (value) => fixed(4, (bytes) => bytes.writeUInt32LE(value >>> 0));
export const fixed64 = (value) =>
  fixed(8, (bytes) => bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value))));
export const float = (value) => fixed(4, (bytes) => bytes.writeFloatLE(value));
export const double = (value) => fixed(8, (bytes) => bytes.writeDoubleLE(value));
export const number = (field, value) => concat(tag(field, 0), varint(value));
export const text = (field, value) => delimited(field, utf8(value));
