/** Up to so many items are compared with each other. */
const FEW_ITEMS = 16;

/**
 * Whether no item of a list is there twice. NaN differs from itself. Numbers are sorted, because
 * their hashes are known: who sends a list could choose numbers that all have the same.
 */
export function isUnique(items: readonly unknown[]): boolean {
  if (items.length <= FEW_ITEMS) return isUniqueByComparing(items);
  switch (typeof items[0]) {
    case "number":
      return isSortedUnique(Float64Array.from(items as readonly number[]).sort());
    case "bigint":
      return isSortedUnique(BigInt64Array.from(items as readonly bigint[]).sort());
    default:
      return isUniqueByHash(items);
  }
}

function isUniqueByComparing(items: readonly unknown[]): boolean {
  const keys = items.map(keyOf);
  return keys.every((key, index) => {
    for (let other = 0; other < index; other++) if (keys[other] === key) return false;
    return true;
  });
}

function isSortedUnique(sorted: Float64Array | BigInt64Array): boolean {
  for (let index = 1; index < sorted.length; index++)
    if (sorted[index] === sorted[index - 1]) return false;
  return true;
}

/** Of texts, whose hashes nobody outside of the process knows, and of bools. */
function isUniqueByHash(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** The item, or of bytes a text that is the same for the same bytes only. */
function keyOf(item: unknown): unknown {
  if (!(item instanceof Uint8Array)) return item;
  let text = "";
  for (const byte of item) text += String.fromCharCode(byte);
  return text;
}
