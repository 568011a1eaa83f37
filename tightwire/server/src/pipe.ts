/** How many bytes may wait for a side that does not read before the other is told to wait. */
const HIGH_WATER_BYTES = 64 * 1024;
/** And how many messages, however small they are. */
const HIGH_WATER_MESSAGES = 64;

/** Whoever reads a direction. */
export interface PipeReader {
  /** `compressed`: whether it would have been, over a network. */
  message(bytes: Uint8Array, compressed: boolean): void;
}

/** A message on its way. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
}

/**
 * One direction of a call: messages wait until they are asked for, and the end waits until they are
 * read.
 */
export class Pipe {
  reader: PipeReader | undefined = undefined;
  /** Whoever writes is told here that it may go on. */
  writer: (() => void) | undefined = undefined;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #credit = 0;
  #full = false;
  #ending: (() => void) | undefined = undefined;
  #closed = false;
  #delivering = false;

  write(bytes: Uint8Array, compressed: boolean): boolean {
    if (this.#closed) return true;
    this.#waiting.push({ bytes, compressed });
    this.#bytes += bytes.byteLength;
    this.#deliver();
    this.#full =
      this.#waiting.length > 0 &&
      (this.#bytes >= HIGH_WATER_BYTES || this.#waiting.length >= HIGH_WATER_MESSAGES);
    return !this.#full;
  }

  end(ending: () => void): void {
    this.#ending = ending;
    this.#deliver();
  }

  pull(count: number): void {
    this.#credit += count;
    this.#deliver();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  /** The largest waiting message beyond `limit`, or 0. */
  largest(limit: number): number {
    return Math.max(
      0,
      ...this.#waiting.map(({ bytes }) => bytes.byteLength).filter((bytes) => bytes > limit),
    );
  }

  /**
   * Re-entrant calls (a reader that asks for more while it is given a message) are served by the
   * loop that runs already.
   */
  #deliver(): void {
    if (this.#delivering || this.reader === undefined) return;
    this.#delivering = true;
    while (!this.#closed && this.#credit > 0 && this.#waiting.length > 0) {
      const { bytes, compressed } = this.#waiting.shift() as Waiting;
      this.#bytes -= bytes.byteLength;
      this.#credit--;
      this.reader.message(bytes, compressed);
    }
    this.#delivering = false;
    if (this.#closed) return;
    if (
      this.#full &&
      this.#bytes < HIGH_WATER_BYTES / 2 &&
      this.#waiting.length < HIGH_WATER_MESSAGES / 2
    ) {
      this.#full = false;
      this.writer?.();
    }
    if (this.#waiting.length > 0 || this.#ending === undefined) return;
    const ending = this.#ending;
    this.#ending = undefined;
    ending();
  }
}
