/** Large messages come in parts of this size until they are whole. */
export const PART_BYTES = 65_536;
/** At most so many parts are kept: 16 MiB. */
const MAX_SPARE = 256;

const spare: Buffer[] = [];

/** A part for bytes of a message, which holds what an earlier one left there. */
export function takePart(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
}

/** Keeps a part that nobody reads any more for a later message, unless enough are kept. */
export function givePart(part: Buffer): void {
  if (part.length === PART_BYTES && spare.length < MAX_SPARE) spare.push(part);
}
