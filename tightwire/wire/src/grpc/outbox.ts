import type { Lender } from "@tightwire/core";
import { giveBack } from "@tightwire/core/runtime";
import { PREFIX_BYTES } from "./message-prefix.js";

/** A message that waits to be sent. `bytes` is undefined while it is being compressed. */
interface Piece {
  readonly compressed: boolean;
  bytes: Uint8Array | undefined;
  /** Who takes the bytes back when they were copied. */
  readonly lender: Lender | undefined;
}

/**
 * Messages of one stream that could not be written at once: for want of a window, of a socket that
 * takes more, or because they are larger than a frame.
 */
export class Outbox {
  readonly #pieces: Piece[] = [];
  /** Bytes of the first message, its prefix included, that were sent. */
  #sent = 0;
  /** Bytes that wait, prefixes included. */
  bytes = 0;
  /** The same with what was sent of the first message: it is held until all of it was. */
  heldBytes = 0;

  /** How many messages wait, in part or whole. */
  get count(): number {
    return this.#pieces.length;
  }

  add(bytes: Uint8Array, compressed: boolean, lender: Lender | undefined): void {
    this.#pieces.push({ bytes, compressed, lender });
    this.bytes += PREFIX_BYTES + bytes.length;
    this.heldBytes += PREFIX_BYTES + bytes.length;
  }

  /**
   * A message that is being compressed and keeps its place; the result fills it. `size` is what it
   * counts for until then.
   */
  addLater(size: number): (bytes: Uint8Array) => void {
    const piece: Piece = { bytes: undefined, compressed: true, lender: undefined };
    this.#pieces.push(piece);
    this.bytes += size;
    this.heldBytes += size;
    return (bytes) => {
      const more = PREFIX_BYTES + bytes.length - size;
      piece.bytes = bytes;
      this.bytes += more;
      this.heldBytes += more;
    };
  }

  /** Bytes that can be sent now, at most `most`: several messages share a frame. */
  sendable(most: number): number {
    let bytes = -this.#sent;
    for (const piece of this.#pieces) {
      if (piece.bytes === undefined || bytes >= most) break;
      bytes += PREFIX_BYTES + piece.bytes.length;
    }
    return Math.min(Math.max(bytes, 0), most);
  }

  /**
   * Copies the next bytes to `target` and counts them as sent: at most what is {@link sendable}.
   * Returns how many bytes are no longer held.
   */
  copy(target: Buffer, at: number, count: number): number {
    const before = this.heldBytes;
    let to = at;
    this.bytes -= count;
    for (let left = count; left > 0; ) {
      const copied = this.#copyFirst(target, to, left);
      to += copied;
      left -= copied;
    }
    return before - this.heldBytes;
  }

  #copyFirst(target: Buffer, at: number, most: number): number {
    const piece = this.#pieces[0] as Piece;
    const bytes = piece.bytes as Uint8Array;
    let to = at;
    for (; to - at < most && this.#sent < PREFIX_BYTES; this.#sent++) {
      target[to++] =
        this.#sent === 0
          ? Number(piece.compressed)
          : bytes.length >>> (8 * (PREFIX_BYTES - 1 - this.#sent));
    }
    const from = this.#sent - PREFIX_BYTES;
    const count = Math.min(most - (to - at), bytes.length - Math.max(from, 0));
    if (this.#sent >= PREFIX_BYTES) {
      target.set(bytes.subarray(from, from + count), to);
      this.#sent += count;
      to += count;
    }
    if (this.#sent === PREFIX_BYTES + bytes.length) {
      this.#pieces.shift();
      this.#sent = 0;
      giveBack(piece.lender, bytes);
      this.heldBytes -= PREFIX_BYTES + bytes.length;
    }
    return to - at;
  }
}
