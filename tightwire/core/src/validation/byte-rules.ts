const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether two byte arrays have the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether `bytes` have `part` inside. */
export function includesBytes(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let start = 0; start + part.length <= bytes.length; start++)
    if (sameBytes(bytes.subarray(start, start + part.length), part)) return true;
  return false;
}

/** Whether bytes are UTF-8 that matches a pattern. */
export function matchesUtf8(pattern: RegExp, bytes: Uint8Array): boolean {
  try {
    return pattern.test(utf8.decode(bytes));
  } catch {
    return false;
  }
}
