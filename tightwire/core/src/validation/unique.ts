/** Whether no item of a list is there twice. NaN differs from itself. */
export function isUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    if (Number.isNaN(item)) continue;
    const key = item instanceof Uint8Array ? textOf(item) : item;
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** A text that is the same for the same bytes only. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
