// Eight bytes seen as different kinds of number: how a double, a float or a bigint becomes two
// 32-bit words and back without an object being made.
const bytes = new ArrayBuffer(8);

/** The two halves; which is which is told by LOW and HIGH. */
export const words: Int32Array = new Int32Array(bytes);
export const float64: Float64Array = new Float64Array(bytes);
/** Shares its four bytes with `words[0]`. */
export const float32: Float32Array = new Float32Array(bytes, 0, 1);
export const int64: BigInt64Array = new BigInt64Array(bytes);
export const uint64: BigUint64Array = new BigUint64Array(bytes);

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Where the lower 32 bits stand in `words`. */
export const LOW: 0 | 1 = littleEndian ? 0 : 1;
/** Where the upper 32 bits stand in `words`. */
export const HIGH: 0 | 1 = littleEndian ? 1 : 0;

const TWO_TO_32 = 2 ** 32;

/**
 * Puts a signed 64-bit integer into `words`. Throws an Error that names the value when it is none.
 */
export function splitInt64(value: string | number | bigint): void {
  if (typeof value === "bigint") {
    if (BigInt.asIntN(64, value) !== value) throw new Error(`invalid int64: ${value}`);
    int64[0] = value;
  } else if (Number.isSafeInteger(value)) splitSafe(value as number);
  else splitInt64(parse(value, "int64"));
}

/**
 * Puts an unsigned 64-bit integer into `words`. Throws an Error that names the value when it is
 * none.
 */
export function splitUint64(value: string | number | bigint): void {
  if (typeof value === "bigint") {
    if (BigInt.asUintN(64, value) !== value) throw new Error(`invalid uint64: ${value}`);
    uint64[0] = value;
  } else if (Number.isSafeInteger(value) && (value as number) >= 0) splitSafe(value as number);
  else splitUint64(parse(value, "uint64"));
}

function splitSafe(value: number): void {
  words[LOW] = value;
  words[HIGH] = Math.floor(value / TWO_TO_32);
}

function parse(value: unknown, type: string): bigint {
  try {
    return BigInt(value as string | number);
  } catch (error) {
    throw new Error(`invalid ${type}: ${String(value)}`, { cause: error });
  }
}

/** The signed 64-bit integer of two words. */
export function joinInt64(low: number, high: number): bigint {
  words[LOW] = low;
  words[HIGH] = high;
  return int64[0] as bigint;
}

/** The unsigned 64-bit integer of two words. */
export function joinUint64(low: number, high: number): bigint {
  words[LOW] = low;
  words[HIGH] = high;
  return uint64[0] as bigint;
}
