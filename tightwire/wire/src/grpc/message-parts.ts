import { givePart, PART_BYTES, takePart } from "./part-pool.js";

/**
 * The first part begins at this many times what came, whatever length was declared, so that a
 * message of a few frames is not copied again.
 */
const FIRST_PART_FACTOR = 8;

/** Who is asked before anything is kept. */
export interface PartsOwner {
  /**
   * Bytes that are kept for the peer from now on, or no longer (negative). False when that is too
   * much.
   */
  hold(bytes: number): boolean;
}

/**
 * What has come of a message under way. It takes memory as it comes, in parts of one size: buffers
 * that double leave holes behind that the next ones do not fit into, so that a process would hold
 * twice what it counts.
 */
export class MessageParts {
  /** Bytes that have come. */
  bytes = 0;
  readonly #length: number;
  readonly #owner: PartsOwner;
  /** All but the first are {@link PART_BYTES} long. */
  readonly #parts: Buffer[] = [];

  /** `length` is the declared one. */
  constructor(length: number, owner: PartsOwner) {
    this.#length = length;
    this.#owner = owner;
  }

  get whole(): boolean {
    return this.bytes === this.#length;
  }

  /** Copies bytes, into one part; tells how many, or undefined when they are too many to hold. */
  push(bytes: Buffer, start: number, end: number): number | undefined {
    const had = this.bytes % PART_BYTES;
    const wanted = Math.min(this.#length - this.bytes, end - start, PART_BYTES - had);
    if (wanted === 0) return 0;
    const part = this.#partFor(had, wanted);
    if (part === undefined) return undefined;
    bytes.copy(part, had, start, start + wanted);
    this.bytes += wanted;
    return wanted;
  }

  /** The message, which is whole and no longer held here. */
  take(): Buffer {
    const [first] = this.#parts;
    if (first?.length !== this.#length || first.length === PART_BYTES) {
      const message = Buffer.concat(this.#parts, this.#length);
      this.drop();
      return message;
    }
    this.#owner.hold(-first.length);
    return first;
  }

  /** Nobody reads it any more. */
  drop(): void {
    for (const part of this.#parts) {
      this.#owner.hold(-part.length);
      givePart(part);
    }
    this.#parts.length = 0;
  }

  /** The last part, with room for so many bytes behind the `had` that it has. */
  #partFor(had: number, more: number): Buffer | undefined {
    const parts = this.#parts;
    const last = had === 0 ? undefined : (parts.at(-1) as Buffer);
    if (last !== undefined && last.length >= had + more) return last;
    const size = this.bytes < PART_BYTES ? this.#firstPartBytes(had + more) : PART_BYTES;
    if (!this.#owner.hold(size - (last?.length ?? 0))) return undefined;
    const part = size === PART_BYTES ? takePart() : Buffer.allocUnsafe(size);
    last?.copy(part, 0, 0, had);
    parts[last === undefined ? parts.length : parts.length - 1] = part;
    return part;
  }

  #firstPartBytes(needed: number): number {
    return Math.min(PART_BYTES, this.#length, needed * FIRST_PART_FACTOR);
  }
}
