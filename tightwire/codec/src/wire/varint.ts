/** How many bytes an unsigned word takes as a varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes an unsigned word as a varint where there is room for it; returns where it ends. */
export function putVarint(block: Uint8Array, value: number, from: number): number {
  let at = from;
  let rest = value;
  while (rest > 0x7f) {
    block[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  block[at++] = rest;
  return at;
}

/** Writes 64 bits, given as two words, as a varint; returns where it ends. */
export function putVarint64(
  block: Uint8Array,
  lowWord: number,
  highWord: number,
  from: number,
): number {
  let at = from;
  let low = lowWord >>> 0;
  let high = highWord >>> 0;
  while (high !== 0) {
    block[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  return putVarint(block, low, at);
}

/** Writes a word, the lowest byte first. */
export function putWord(block: Uint8Array, value: number, at: number): void {
  block[at] = value;
  block[at + 1] = value >>> 8;
  block[at + 2] = value >>> 16;
  block[at + 3] = value >>> 24;
}

/** Reads a word, the lowest byte first. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
