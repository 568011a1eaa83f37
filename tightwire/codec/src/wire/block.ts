/**
 * Messages are written one after the other into blocks of this size; larger ones get larger blocks.
 */
const BLOCK_BYTES = 65_536;
/** Larger blocks are not kept for further messages. */
const MAX_KEPT_BYTES = 262_144;

/** The block that the next message is written into; nobody has it while a message is written. */
let free: Uint8Array<ArrayBuffer> | undefined;
/** Where in it nothing was written yet. */
let freeFrom = 0;

/** Where the block that was taken last is free from. */
export let takenFrom = 0;

/** Takes the block that is free, from {@link takenFrom} on, if so many bytes fit. */
export function takeFreeBlock(count: number): Uint8Array<ArrayBuffer> | undefined {
  const block = free;
  if (block === undefined || freeFrom + count > block.length) return undefined;
  free = undefined;
  takenFrom = freeFrom;
  return block;
}

/** A new block for what was written and so many bytes more. */
export function newBlock(written: number, count: number): Uint8Array<ArrayBuffer> {
  const size = Math.max(
    BLOCK_BYTES,
    Math.min(MAX_KEPT_BYTES, 4 * written),
    2 * written,
    written + count,
  );
  return new Uint8Array(size);
}

/** Gives a block back, free from there on. */
export function giveBlock(block: Uint8Array<ArrayBuffer>, from: number): void {
  if (block.length === 0 || block.length > MAX_KEPT_BYTES) return;
  free = block;
  freeFrom = from;
}
