/**
 * How many bytes of messages may wait for a reader before no more are taken; a single larger
 * message may wait, too.
 */
const WINDOW_BYTES = 64 * 1024;
/** How many messages may wait for a reader, however small they are. */
const WINDOW_MESSAGES = 32;
/** Bytes that wait are told in steps of so many, so that small messages need not be told at all. */
const HOLD_STEP_BYTES = 1_024;
/** Asked for before the first message has shown how large they are. */
const FIRST_WINDOW = 4;

interface Waiter<T> {
  resolve(step: IteratorResult<T, undefined>): void;
  reject(reason: unknown): void;
}

/**
 * Messages on their way from a transport to whoever reads them with `for await`. It asks the
 * transport for as many as its window holds and for more as they are read, so a reader that falls
 * behind stops the sender instead of filling memory. The window is a guess by the last message's
 * size: once the bytes that wait are enough, it takes back what it asked for. One reader at a time.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  #items: T[] = [];
  /** How many bytes each item was on the wire. */
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;
  /** How many of these bytes were told. */
  #held = 0;
  #waiters: Waiter<T>[] = [];
  #ended = false;
  #error: Error | undefined;
  #asked = 0;
  #window = FIRST_WINDOW;
  readonly #pull: (count: number) => void;
  readonly #left: () => void;
  readonly #hold: (bytes: number) => void;

  /**
   * `pull` asks for so many more messages, takes requests back (negative), or says that a reader
   * waits for one that was asked for (0). `left` is told, once, when the reader stops before the
   * end. `hold` is told of bytes that wait for a reader, or no longer (negative), give or take 1
   * KiB.
   */
  constructor(
    pull: (count: number) => void,
    left: () => void,
    hold: (bytes: number) => void = ignore,
  ) {
    this.#pull = pull;
    this.#left = left;
    this.#hold = hold;
  }

  /** Whether a reader waits for the next message. */
  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Asks for the first messages before anybody reads. */
  start(): void {
    this.#ask();
  }

  /** A message came, of so many bytes on the wire. */
  push(message: T, bytes: number): void {
    if (this.#ended) return;
    if (this.#asked > 0) this.#asked--;
    this.#window = Math.max(1, Math.min(WINDOW_MESSAGES, Math.floor(WINDOW_BYTES / (bytes + 1))));
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#items.push(message);
      this.#sizes.push(bytes);
      this.#bytes += bytes;
      if (this.#bytes - this.#held >= HOLD_STEP_BYTES) this.#tellHeld();
      if (this.#bytes >= WINDOW_BYTES) this.#takeBack();
      return;
    }
    waiter.resolve({ done: false, value: message });
    this.#ask();
  }

  /**
   * No more messages; those that wait can still be read, then the reader sees the end, or `error`.
   */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    // Only what waits unread comes before the error, and then no waiter is there.
    for (const waiter of this.#waiters.splice(0)) this.#finish(waiter);
  }

  /**
   * Ends and drops what waits: the reader sees the error next. Nothing happens when every message
   * came and was read, so the error is made only when it is seen.
   */
  fail(error: () => Error): void {
    if (this.#ended && this.#head === this.#items.length) return;
    this.#drop();
    this.#ended = false;
    this.end(error());
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#head < this.#items.length) {
      const value = this.#take();
      this.#ask();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#ended) this.#finish(waiter);
      else {
        this.#waiters.push(waiter);
        // The transport may have kept back what was asked for as long as nobody waited.
        if (!this.#ask()) this.#pull(0);
      }
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#ended) {
      this.end();
      this.#left();
    }
    this.#drop();
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const value = this.#items[this.#head] as T;
    const bytes = this.#sizes[this.#head] as number;
    this.#items[this.#head] = undefined as T;
    this.#head++;
    this.#bytes -= bytes;
    if (this.#held - this.#bytes >= HOLD_STEP_BYTES) this.#tellHeld();
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#sizes.length = 0;
      this.#head = 0;
      if (this.#held > 0) this.#tellHeld();
    }
    return value;
  }

  #drop(): void {
    this.#items = [];
    this.#sizes = [];
    this.#head = 0;
    this.#bytes = 0;
    if (this.#held > 0) this.#tellHeld();
  }

  #tellHeld(): void {
    const change = this.#bytes - this.#held;
    this.#held = this.#bytes;
    this.#hold(change);
  }

  #takeBack(): void {
    if (this.#asked === 0) return;
    const count = this.#asked;
    this.#asked = 0;
    this.#pull(-count);
  }

  /** The error is seen once; reading on after it sees the end, as with any iterator. */
  #finish(waiter: Waiter<T>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(error);
  }

  /** Asks for more if there is room; returns whether it did. */
  #ask(): boolean {
    if (this.#ended || this.#bytes >= WINDOW_BYTES) return false;
    const held = this.#asked + this.#items.length - this.#head;
    // In halves, so that a quick reader does not ask message by message.
    if (held > this.#window / 2) return false;
    const count = this.#window - held;
    this.#asked += count;
    this.#pull(count);
    return true;
  }
}

function ignore(): void {}
