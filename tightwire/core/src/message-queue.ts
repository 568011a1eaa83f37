/**
 * How many bytes of decoded messages may wait for a reader, roughly; a single larger message may
 * too.
 */
const WINDOW_BYTES = 64 * 1024;
/** How many messages may wait for a reader, however small they are. */
const WINDOW_MESSAGES = 32;
/** Asked for before the first message has shown how large they are. */
const FIRST_WINDOW = 4;

interface Waiter<T> {
  resolve(step: IteratorResult<T, undefined>): void;
  reject(reason: unknown): void;
}

/**
 * Messages on their way from a transport to whoever reads them with `for await`. It asks the
 * transport for as many as its window holds and for more as they are read, so a reader that falls
 * behind stops the sender instead of filling memory. One reader at a time.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  #items: T[] = [];
  #head = 0;
  #waiters: Waiter<T>[] = [];
  #ended = false;
  #error: Error | undefined;
  #asked = 0;
  #window = FIRST_WINDOW;
  readonly #pull: (count: number) => void;
  readonly #left: () => void;

  /**
   * `pull` asks for so many more messages; `left` is told, once, when the reader stops before the
   * end.
   */
  constructor(pull: (count: number) => void, left: () => void) {
    this.#pull = pull;
    this.#left = left;
  }

  /** Asks for the first messages before anybody reads. */
  start(): void {
    this.#ask();
  }

  /** A message came, of so many bytes on the wire. */
  push(message: T, bytes: number): void {
    if (this.#ended) return;
    this.#asked--;
    this.#window = Math.max(1, Math.min(WINDOW_MESSAGES, Math.floor(WINDOW_BYTES / (bytes + 1))));
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#items.push(message);
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
    this.#items = [];
    this.#head = 0;
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
        this.#ask();
      }
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#ended) {
      this.end();
      this.#left();
    }
    this.#items = [];
    this.#head = 0;
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const value = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined as T;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    }
    return value;
  }

  /** The error is seen once; reading on after it sees the end, as with any iterator. */
  #finish(waiter: Waiter<T>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(error);
  }

  #ask(): void {
    if (this.#ended) return;
    const held = this.#asked + this.#items.length - this.#head;
    // In halves, so that a quick reader does not ask message by message.
    if (held > this.#window / 2) return;
    const count = this.#window - held;
    this.#asked += count;
    this.#pull(count);
  }
}
