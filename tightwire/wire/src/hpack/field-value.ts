/**
 * Bytes that no field value may hold. Source: RFC 9113, section 8.2.1, and RFC 9110, section 5.5.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const BAD_BYTE = /[\0-\x08\x0a-\x1f\x7f]/;
/** Longest value that is checked faster by hand. */
const SHORT_VALUE = 32;
const TAB = 9;
const SPACE = 32;
const DEL = 127;

/**
 * Whether HTTP/2 allows a value: it has no byte that is not allowed, and neither begins nor ends
 * with white space.
 */
export function isGoodValue(value: string): boolean {
  const { length } = value;
  if (length === 0) return true;
  if (isWhite(value.charCodeAt(0)) || isWhite(value.charCodeAt(length - 1))) return false;
  if (length > SHORT_VALUE) return !BAD_BYTE.test(value);
  for (let at = 0; at < length; at++) {
    const unit = value.charCodeAt(at);
    if ((unit < SPACE && unit !== TAB) || unit === DEL) return false;
  }
  return true;
}

function isWhite(unit: number): boolean {
  return unit === SPACE || unit === TAB;
}
