/** A stream as the table sees it. */
export interface Numbered {
  readonly id: number;
}

const FEWEST_SLOTS = 16;
const MOST_SLOTS = 4_096;

/**
 * The live streams of a connection, by id. Most live shortly, so they stand in a ring by their id;
 * one that is in the way of a newer one (it is a ring's length older) moves to a map. A map alone
 * would be copied every few dozen calls, and the copies that are left keep dead calls from being
 * collected.
 */
export class StreamTable<S extends Numbered> {
  #slots: (S | undefined)[] = new Array<S | undefined>(FEWEST_SLOTS).fill(undefined);
  #mask = FEWEST_SLOTS - 1;
  readonly #older = new Map<number, S>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): S | undefined {
    const stream = this.#slots[(id >>> 1) & this.#mask];
    if (stream !== undefined && stream.id === id) return stream;
    return this.#older.size === 0 ? undefined : this.#older.get(id);
  }

  /** Ids of a table are all odd, and rise. */
  add(stream: S): void {
    if (this.#size++ > this.#mask >> 1 && this.#mask < MOST_SLOTS - 1) this.#grow();
    this.#place(stream);
  }

  #place(stream: S): void {
    const slot = (stream.id >>> 1) & this.#mask;
    const there = this.#slots[slot];
    if (there !== undefined) this.#older.set(there.id, there);
    this.#slots[slot] = stream;
  }

  delete(id: number): void {
    const slot = (id >>> 1) & this.#mask;
    if (this.#slots[slot]?.id === id) {
      this.#slots[slot] = undefined;
      this.#size--;
    } else if (this.#older.delete(id)) this.#size--;
  }

  /** All of them, as they are now. */
  all(): S[] {
    const found = [...this.#older.values()];
    for (const stream of this.#slots) if (stream !== undefined) found.push(stream);
    return found.sort((one, other) => one.id - other.id);
  }

  #grow(): void {
    const all = this.all();
    this.#slots = new Array<S | undefined>(this.#slots.length * 2).fill(undefined);
    this.#mask = this.#slots.length - 1;
    this.#older.clear();
    for (const stream of all) this.#place(stream);
  }
}
