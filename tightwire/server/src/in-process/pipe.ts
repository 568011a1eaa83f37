/** How many bytes may wait for a reader before the writer has to wait. */
const HIGH_WATER_BYTES = 64 * 1024;
/** How many messages may wait, however small they are. */
const HIGH_WATER_MESSAGES = 64;

/** Reads one direction of a call. */
export interface PipeReader {
  /** `compressed` says whether a network would have carried the message compressed. */
  message(bytes: Uint8Array, compressed: boolean): void;
}

interface WaitingMessage {
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
}

/**
 * One direction of a call. Messages wait until the reader asks for them; the end waits until they
 * are read.
 */
export class Pipe {
  reader: PipeReader | undefined = undefined;
  /** Called when the writer may go on after a `write` that returned false. */
  writer: (() => void) | undefined = undefined;
  #waiting: WaitingMessage[] = [];
  #bytes = 0;
  #credit = 0;
  #full = false;
  #onRead: (() => void) | undefined = undefined;
  #closed = false;
  #delivering = false;

  /** Takes a message; returns false when enough is waiting. */
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

  /** No more messages: calls back once, when all of them are read. */
  finish(onRead: () => void): void {
    this.#onRead = onRead;
    this.#deliver();
  }

  /** The reader takes `count` more messages. */
  pull(count: number): void {
    this.#credit += count;
    this.#deliver();
  }

  /** Drops what waits; nothing is delivered any more. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  /** The size of the largest waiting message that is larger than `limit`, or 0. */
  largestAbove(limit: number): number {
    return Math.max(
      0,
      ...this.#waiting.map(({ bytes }) => bytes.byteLength).filter((bytes) => bytes > limit),
    );
  }

  /**
   * Re-entrant calls return at once: a reader that asks for more while it gets a message is served
   * by the loop that already runs.
   */
  #deliver(): void {
    if (this.#delivering || this.reader === undefined) return;
    this.#delivering = true;
    while (!this.#closed && this.#credit > 0 && this.#waiting.length > 0) {
      const { bytes, compressed } = this.#waiting.shift() as WaitingMessage;
      this.#bytes -= bytes.byteLength;
      this.#credit--;
      this.reader.message(bytes, compressed);
    }
    this.#delivering = false;
    if (this.#closed) return;
    this.#resumeWriter();
    if (this.#waiting.length > 0 || this.#onRead === undefined) return;
    const onRead = this.#onRead;
    this.#onRead = undefined;
    onRead();
  }

  #resumeWriter(): void {
    if (
      !this.#full ||
      this.#bytes >= HIGH_WATER_BYTES / 2 ||
      this.#waiting.length >= HIGH_WATER_MESSAGES / 2
    )
      return;
    this.#full = false;
    this.writer?.();
  }
}
