/** Enough for all that a connection writes in most turns of the event loop. */
export const SLAB_BYTES = 65_536;
/**
 * Slabs kept for use. A connection holds one only while it writes, so they are as many as write at
 * once.
 */
const MAX_KEPT = 64;

const kept: Buffer[] = [];

/** A write buffer; they belong to the process, since thousands of connections at rest need none. */
export function takeSlab(): Buffer {
  return kept.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
}

/** Gives a slab back. Nobody may hold a part of it. */
export function giveSlab(slab: Buffer): void {
  if (kept.length < MAX_KEPT && slab.length === SLAB_BYTES) kept.push(slab);
}
