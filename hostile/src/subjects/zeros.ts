const ZEROS: Buffer = Buffer.alloc(4 * 1024 * 1024);

/** So many zeros, of one block: what a server holds of responses is then its transport's. */
export function zeros(bytes: number): Buffer {
  return bytes <= ZEROS.length ? ZEROS.subarray(0, bytes) : Buffer.alloc(bytes);
}
