import { isUtf8 } from "node:buffer";

/**
 * What every Buffer has besides what is documented: `toString` and `write` for one encoding,
 * without looking the encoding up.
 */
interface BufferMethods {
  utf8Slice?(this: Uint8Array, start: number, end: number): string;
  utf8Write?(this: Uint8Array, text: string, at: number, length: number): number;
}

const methods = Buffer.prototype as BufferMethods;
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads text; bytes that are no UTF-8 become U+FFFD. */
const slice: (this: Uint8Array, start: number, end: number) => string =
  methods.utf8Slice ??
  function (this: Uint8Array, start, end) {
    return asBuffer(this).toString("utf8", start, end);
  };

/** Writes text, and tells how many bytes that were; half of a surrogate pair becomes U+FFFD. */
const write: (this: Uint8Array, text: string, at: number, length: number) => number =
  methods.utf8Write ??
  function (this: Uint8Array, text, at, length) {
    return asBuffer(this).write(text, at, length, "utf8");
  };

/**
 * The text between two places. Bytes that are no UTF-8 throw an Error, or become U+FFFD where
 * `strict` is false.
 */
export function readUtf8(bytes: Uint8Array, start: number, end: number, strict: boolean): string {
  const text = slice.call(bytes, start, end);
  if (strict && text.includes("\uFFFD") && !isUtf8(bytes.subarray(start, end)))
    throw new Error("invalid UTF-8 in a string field");
  return text;
}

/** Writes text where there is room for all of it, and tells how many bytes it took. */
export function writeUtf8(bytes: Uint8Array, text: string, at: number): number {
  return write.call(bytes, text, at, bytes.length - at);
}
