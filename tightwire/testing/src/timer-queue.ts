/** Something that is due at a time. */
export interface QueuedTimer {
  readonly due: number;
  readonly fire: () => void;
}

interface Entry {
  readonly timer: QueuedTimer;
  /** Which of those that are due at the same time comes first. */
  readonly number: number;
}

/** Timers in the order in which they come due: a binary heap. */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  readonly #set = new Set<QueuedTimer>();
  #number = 0;

  /** How many are set. */
  get size(): number {
    return this.#set.size;
  }

  add(timer: QueuedTimer): void {
    this.#set.add(timer);
    this.#heap.push({ timer, number: this.#number++ });
    this.#rise(this.#heap.length - 1);
  }

  delete(timer: QueuedTimer): void {
    this.#set.delete(timer);
  }

  /** The one that comes due next; undefined when none is set. */
  get next(): QueuedTimer | undefined {
    // What was deleted leaves the heap when it gets to its top.
    for (;;) {
      const top = this.#heap[0]?.timer;
      if (top === undefined || this.#set.has(top)) return top;
      this.#removeTop();
    }
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one] as Entry, this.#heap[other] as Entry];
    return a.timer.due === b.timer.due ? a.number < b.number : a.timer.due < b.timer.due;
  }

  #swap(one: number, other: number): void {
    const kept = this.#heap[one] as Entry;
    this.#heap[one] = this.#heap[other] as Entry;
    this.#heap[other] = kept;
  }
}
