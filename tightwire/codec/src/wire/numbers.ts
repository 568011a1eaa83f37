// The slow way round for values that are no such number at first sight: what
// `@bufbuild/protobuf/wire` takes, and refuses.

/**
 * An unsigned 32-bit integer, which may come as a string. Throws an Error that names the value when
 * it is none.
 */
export function toUint32(value: unknown): number {
  return toInteger(value, "uint32", 0, 0xffff_ffff);
}

/** A signed 32-bit integer, likewise. */
export function toInt32(value: unknown): number {
  return toInteger(value, "int32", -0x8000_0000, 0x7fff_ffff);
}

function toInteger(value: unknown, type: string, least: number, most: number): number {
  const number = toNumber(value, type);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`invalid ${type}: ${number}`);
  return number;
}

/** A number that a float can hold, if not exactly, likewise. */
export function toFloat32(value: unknown): number {
  const number = toNumber(value, "float32");
  if (Number.isNaN(number) && typeof value === "string" && value !== "NaN")
    throw new Error(`invalid float32: ${value}`);
  if (Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
    throw new Error(`invalid float32: ${number}`);
  return number;
}

function toNumber(value: unknown, type: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return Number(value);
  throw new Error(`invalid ${type}: ${typeof value}`);
}
