/** What an entry costs beside its name and value. Source: RFC 7541, section 4.1. */
const ENTRY_OVERHEAD_BYTES = 32;

/** The bytes that a field counts for, in a table and in a header list. */
export function fieldBytes(name: string, value: string): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}

/**
 * The fields that one direction of a connection has sent and may refer to, the newest first.
 * Source: RFC 7541, section 2.3.2 and 4.
 */
export class DynamicTable {
  /** A ring: entry `index` (from 0, the newest) stands at `newest - index`. */
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  /** Whether HTTP/2 allows the value: looked at once, since most fields come again and again. */
  readonly #good: boolean[] = [];
  readonly #mask: number;
  #newest = -1;
  #count = 0;
  #bytes = 0;
  #limit: number;

  /** `limit`: the most that it will ever hold, in bytes. */
  constructor(limit: number) {
    let slots = 8;
    while (slots * ENTRY_OVERHEAD_BYTES < limit) slots *= 2;
    this.#mask = slots - 1;
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  /** The bytes that its entries count for. */
  get bytes(): number {
    return this.#bytes;
  }

  get limit(): number {
    return this.#limit;
  }

  /** The name of an entry, 0 the newest; undefined past the end. */
  name(index: number): string | undefined {
    return index < this.#count ? this.#names[(this.#newest - index) & this.#mask] : undefined;
  }

  /** The value of an entry that is there. */
  value(index: number): string {
    return this.#values[(this.#newest - index) & this.#mask] as string;
  }

  /** Whether HTTP/2 allows the value of an entry that is there. */
  isGood(index: number): boolean {
    return this.#good[(this.#newest - index) & this.#mask] as boolean;
  }

  /** Adds an entry and drops the oldest for it; one larger than the table empties it. */
  add(name: string, value: string, good: boolean): void {
    const bytes = fieldBytes(name, value);
    this.#evict(this.#limit - bytes);
    if (bytes > this.#limit) return;
    this.#newest = (this.#newest + 1) & this.#mask;
    this.#names[this.#newest] = name;
    this.#values[this.#newest] = value;
    this.#good[this.#newest] = good;
    this.#count++;
    this.#bytes += bytes;
  }

  /** Sets what it may hold now: at most what it was made with. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#evict(limit);
  }

  #evict(room: number): void {
    while (this.#bytes > room && this.#count > 0) {
      const oldest = (this.#newest - this.#count + 1) & this.#mask;
      this.#bytes -= fieldBytes(this.#names[oldest] as string, this.#values[oldest] as string);
      this.#names[oldest] = "";
      this.#values[oldest] = "";
      this.#count--;
    }
  }
}
