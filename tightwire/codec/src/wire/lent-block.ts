/** A message that is at most so long shares its block with others: it is not lent. */
export const LARGEST_SHARED_BYTES = 16_384;
/** Lent blocks have sizes that are powers of two, from this one on. */
const SMALLEST_BITS = 15;
const LARGEST_BITS = 18;
/** Blocks at rest hold at most so much. */
const MAX_SPARE_BYTES = 8_388_608;

/** Blocks at rest, by size. */
const spare: Uint8Array<ArrayBuffer>[][] = Array.from(
  { length: LARGEST_BITS - SMALLEST_BITS + 1 },
  () => [],
);
let spareBytes = 0;

/** The blocks of messages that were lent and not given back, by the bytes that were lent. */
const lent = new WeakMap<Uint8Array, Uint8Array<ArrayBuffer>>();

/** A block for one message of so many bytes, which holds what an earlier one left there. */
export function takeSpareBlock(bytes: number): Uint8Array<ArrayBuffer> {
  const bits = sizeBits(bytes);
  const block = spare[bits - SMALLEST_BITS]?.pop();
  if (block === undefined) return new Uint8Array(bits > LARGEST_BITS ? bytes : 2 ** bits);
  spareBytes -= block.length;
  return block;
}

/** Keeps a block that nobody else has for a later message, unless enough are kept. */
export function keepSpareBlock(block: Uint8Array<ArrayBuffer>): void {
  if (block.length > 2 ** LARGEST_BITS || spareBytes + block.length > MAX_SPARE_BYTES) return;
  spare[sizeBits(block.length) - SMALLEST_BITS]?.push(block);
  spareBytes += block.length;
}

/** Says which block is free again once these bytes, a part of it, are given back. */
export function lendBlock(bytes: Uint8Array, block: Uint8Array<ArrayBuffer>): void {
  lent.set(bytes, block);
}

/** Takes back what was lent. What was not, or was taken back before, is left alone. */
export function takeBackBlock(bytes: Uint8Array): void {
  const block = lent.get(bytes);
  if (block === undefined) return;
  lent.delete(bytes);
  keepSpareBlock(block);
}

function sizeBits(bytes: number): number {
  return Math.max(SMALLEST_BITS, 32 - Math.clz32(bytes - 1));
}
