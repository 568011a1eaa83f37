import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

/**
 * Draws a value from an arbitrary: fast-check's `fc.gen()`, or a replacement for it.
 */
export type Draw = <T>(make: () => fc.Arbitrary<T>) => T;

/** Names that are properties of all JavaScript objects, or that need escapes in JSON and URLs. */
export const AWKWARD_TEXTS: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "",
  " ",
  '"',
  "\\",
  "a/b",
  "%2F",
  "+",
  "&=",
  "é",
  "🂡",
  "\u0000",
];

const text = (): fc.Arbitrary<string> =>
  fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom(...AWKWARD_TEXTS));
const bytes = (): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: 8 });
const bits = (signed: boolean, size: 32 | 64): (() => fc.Arbitrary<bigint>) => {
  const [min, max] = signed
    ? [-(2n ** BigInt(size - 1)), 2n ** BigInt(size - 1) - 1n]
    : [0n, 2n ** BigInt(size) - 1n];
  return () => fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n));
};
const small =
  (signed: boolean): (() => fc.Arbitrary<number>) =>
  () =>
    bits(signed, 32)().map(Number);

/** JSON.stringify writes -0 as 0. */
const withoutMinusZero = (value: number): number => value + 0;

const SCALARS: Readonly<Record<ScalarType, () => fc.Arbitrary<unknown>>> = {
  [ScalarType.DOUBLE]: () => fc.double().map(withoutMinusZero),
  [ScalarType.FLOAT]: () => fc.float().map(withoutMinusZero),
  [ScalarType.INT64]: bits(true, 64),
  [ScalarType.UINT64]: bits(false, 64),
  [ScalarType.INT32]: small(true),
  [ScalarType.FIXED64]: bits(false, 64),
  [ScalarType.FIXED32]: small(false),
  [ScalarType.BOOL]: () => fc.boolean(),
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: bytes,
  [ScalarType.UINT32]: small(false),
  [ScalarType.SFIXED32]: small(true),
  [ScalarType.SFIXED64]: bits(true, 64),
  [ScalarType.SINT32]: small(true),
  [ScalarType.SINT64]: bits(true, 64),
};

/** Draws a value of a scalar type. */
export function randomScalar(type: ScalarType, draw: Draw): unknown {
  return draw(SCALARS[type]);
}

/** Draws a value of an enum; for an open enum also any number. */
export function randomEnum(desc: DescEnum, draw: Draw): number {
  const own = fc.constantFrom(...desc.values.map(({ number }) => number));
  if (desc.typeName === "google.protobuf.NullValue" || !desc.open) return draw(() => own);
  return draw(() =>
    fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: small(true)() }),
  );
}
