// The types of fields, their numbers in `Everything` (tightwire/codec/proto/everything.proto), and
// values of theirs as they may be written.
import {
  double,
  fixed32,
  fixed64,
  float,
  hex,
  utf8,
  varint,
  withLength,
  zigzag,
} from "./bytes.mjs";

/** A value as it is written, where that is not the one way, and as it is written again. */
const own = (bytes) => [bytes, bytes];
const HIGH_BITS = 2n ** 40n;

/** `one`, `many` and `loose` are field numbers; the first value of each type is its default. */
export const TYPES = [
  type("double", 1, 34, 51, 1, [double(0), double(1.5), double(-1e300), double(Infinity)]),
  type("float", 2, 35, 52, 5, [float(0), float(1.5), float(-3.4e38), float(-Infinity)]),
  type("int32", 3, 36, 53, 0, [
    ...[0, 1, 2147483647, -2147483648, -1].map((value) => varint(value)),
    [varint(HIGH_BITS + 5n), varint(5)],
    [varint(7, 10), varint(7)],
  ]),
  type("int64", 4, 37, 54, 0, [
    ...[0n, 1n, 2n ** 63n - 1n, -(2n ** 63n), -1n].map((value) => varint(value)),
    [varint(7, 10), varint(7)],
  ]),
  type("uint32", 5, 38, 55, 0, [
    ...[0, 1, 4294967295].map((value) => varint(value)),
    [varint(HIGH_BITS + 5n), varint(5)],
  ]),
  type("uint64", 6, 39, 56, 0, [
    ...[0n, 1n, 2n ** 64n - 1n].map((value) => varint(value)),
    // Bits above the 64th are dropped.
    [hex("ffffffffffffffffff7f"), varint(-1)],
  ]),
  type("sint32", 7, 40, 57, 0, [
    ...[0, 1, -1, 2147483647, -2147483648].map((value) => zigzag(value)),
    [varint(HIGH_BITS + 6n), zigzag(3)],
  ]),
  type(
    "sint64",
    8,
    41,
    58,
    0,
    [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)].map((value) => zigzag(value)),
  ),
  type("fixed32", 9, 42, 59, 5, [0, 1, 4294967295].map(fixed32)),
  type("fixed64", 10, 43, 60, 1, [0n, 1n, 2n ** 64n - 1n].map(fixed64)),
  type("sfixed32", 11, 44, 61, 5, [0, 1, -1, -2147483648].map(fixed32)),
  type("sfixed64", 12, 45, 62, 1, [0n, 1n, -1n, -(2n ** 63n)].map(fixed64)),
  type("bool", 13, 46, 63, 0, [
    varint(0),
    varint(1),
    [varint(2), varint(1)],
    [varint(2n ** 63n), varint(1)],
    [varint(0, 3), varint(0)],
  ]),
  type(
    "string",
    14,
    47,
    undefined,
    2,
    ["", "a", "é千😀\u0000", "x".repeat(200)].map((text) => withLength(utf8(text))),
  ),
  type(
    "bytes",
    15,
    48,
    undefined,
    2,
    ["", "00", "ff".repeat(200)].map((bytes) => withLength(hex(bytes))),
  ),
  // Open enums keep numbers that have no name.
  type(
    "enum",
    16,
    49,
    64,
    0,
    [0, 1, -1, 77, 2147483647].map((value) => varint(value)),
  ),
  type(
    "message",
    17,
    50,
    undefined,
    2,
    ["", "1805", "8a01021805"].map((bytes) => withLength(hex(bytes))),
  ),
];

function type(name, one, many, loose, wireType, values) {
  return {
    name,
    one,
    many,
    loose,
    wireType,
    values: values.map((value) => (Buffer.isBuffer(value) ? own(value) : value)),
  };
}
