import * as stock from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import * as ours from "../wire.js";

/**
 * A scalar type of protobuf: the methods that write and read it, and the values that it can hold.
 */
export interface Scalar {
  readonly name: ScalarName;
  readonly values: fc.Arbitrary<unknown>;
}

export type ScalarName =
  | "bool"
  | "bytes"
  | "double"
  | "fixed32"
  | "fixed64"
  | "float"
  | "int32"
  | "int64"
  | "sfixed32"
  | "sfixed64"
  | "sint32"
  | "sint64"
  | "string"
  | "uint32"
  | "uint64";

const signed32 = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, -1, 127, 128, 16_383, 16_384, 2_147_483_647, -2_147_483_648),
);
const unsigned32 = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_456, 4_294_967_295),
);
const signed64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.maxSafeInteger().map(BigInt),
  fc.constantFrom(
    0n,
    -1n,
    127n,
    128n,
    2n ** 31n,
    2n ** 32n,
    2n ** 35n - 1n,
    2n ** 56n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ),
);
const unsigned64 = signed64.map((value) => BigInt.asUintN(64, value));
/** Short and long, ASCII, other planes, halves of surrogate pairs, a byte order mark. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    "",
    "\uFEFFmark",
    "\uD800",
    "a\uDC00b",
    "\uFFFD",
    "x".repeat(127),
    "x".repeat(128),
    "é".repeat(64),
    "千".repeat(5_462),
    "ab".repeat(9_000),
  ),
);

/** All fifteen. */
export const SCALARS: readonly Scalar[] = [
  { name: "bool", values: fc.boolean() },
  { name: "bytes", values: fc.uint8Array({ maxLength: 300 }) },
  { name: "double", values: fc.double() },
  { name: "fixed32", values: unsigned32 },
  { name: "fixed64", values: unsigned64 },
  { name: "float", values: fc.float() },
  { name: "int32", values: signed32 },
  { name: "int64", values: signed64 },
  { name: "sfixed32", values: signed32 },
  { name: "sfixed64", values: signed64 },
  { name: "sint32", values: signed32 },
  { name: "sint64", values: signed64 },
  { name: "string", values: text },
  { name: "uint32", values: unsigned32 },
  { name: "uint64", values: unsigned64 },
];

/** The values of a scalar. */
export function valuesOf(name: ScalarName): fc.Arbitrary<unknown> {
  return (SCALARS.find((scalar) => scalar.name === name) as Scalar).values;
}

/** Either of the two writers that are compared, with any value for any method. */
export type AnyWriter = Record<ScalarName, (value: unknown) => AnyWriter> & {
  fork(): AnyWriter;
  join(): AnyWriter;
  tag(field: number, wireType: number): AnyWriter;
  raw(bytes: Uint8Array): AnyWriter;
  finish(): Uint8Array;
};

/** Either of the two readers that are compared. */
export type AnyReader = Record<Exclude<ScalarName, "string">, () => unknown> & {
  pos: number;
  readonly len: number;
  string(strict?: boolean): string;
  tag(): unknown;
  skip(wireType: number, field?: number, limit?: number): Uint8Array;
};

export const stockWriter = (): AnyWriter => new stock.BinaryWriter() as unknown as AnyWriter;
export const ourWriter = (): AnyWriter => new ours.BinaryWriter() as unknown as AnyWriter;
export const stockReader = (bytes: Uint8Array): AnyReader =>
  new stock.BinaryReader(bytes) as unknown as AnyReader;
export const ourReader = (bytes: Uint8Array): AnyReader =>
  new ours.BinaryReader(bytes) as unknown as AnyReader;

/** What came of something: its value, or that it threw, and whether because the input ended. */
export type Outcome = { readonly value: unknown } | { readonly thrown: "RangeError" | "Error" };

/** Never throws. */
export function outcomeOf(act: () => unknown): Outcome {
  try {
    return { value: act() };
  } catch (error) {
    return { thrown: error instanceof RangeError ? "RangeError" : "Error" };
  }
}
