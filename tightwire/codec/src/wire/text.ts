import { readShortAscii, SHORT_TEXT } from "./short-text.js";
import { readUtf8 } from "./utf8.js";

/**
 * The text between two places. Bytes that are no UTF-8 throw an Error, or become U+FFFD where
 * `strict` is false.
 */
export function readText(bytes: Uint8Array, start: number, end: number, strict: boolean): string {
  if (end - start <= SHORT_TEXT) {
    let all = 0;
    for (let at = start; at < end; at++) all |= bytes[at] as number;
    if (all < 0x80) return readShortAscii(bytes, start, end - start);
  }
  return readUtf8(bytes, start, end, strict);
}
