import { putVarint, varintSize } from "./varint.js";

/** Never a Buffer, whatever was read, and never a view. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copied = new Uint8Array(end - start);
  copied.set(bytes.subarray(start, end));
  return copied;
}

/** A field as it stands on the wire: its tag, and the value between two places. */
export function copyField(tag: number, bytes: Uint8Array, start: number, end: number): Uint8Array {
  const size = varintSize(tag);
  const copied = new Uint8Array(size + end - start);
  putVarint(copied, tag, 0);
  copied.set(bytes.subarray(start, end), size);
  return copied;
}
