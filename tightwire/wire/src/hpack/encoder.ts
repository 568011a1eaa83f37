import { TABLE_BYTES } from "./decoder.js";
import { fieldBytes } from "./dynamic-table.js";
import { STATIC_COUNT, staticFieldIndex, staticNameIndex } from "./static-table.js";

/** The most bytes that a number takes. */
const MAX_INTEGER_BYTES = 6;

/** Longest text that is cheaper to write by hand than by a call into the runtime. */
const SHORT_TEXT = 24;

/** The most bytes that a field of ours can take in a block. */
export function mostFieldBytes(name: string, value: string): number {
  return 2 * MAX_INTEGER_BYTES + name.length + value.length;
}

/** The most bytes that {@link HpackEncoder.begin} writes. */
export const MOST_BEGIN_BYTES: number = 2 * MAX_INTEGER_BYTES;

/**
 * Fields to header blocks. What is the same on every call (`repeated`) goes into the table once and
 * is an index from then on; when the table is full later fields stay out of it, so nothing is ever
 * evicted and an index only shifts when an entry is added. Everything else is written as it is,
 * without table and Huffman code, and secrets as never to be indexed. Writes into a buffer that the
 * caller has made large enough. Source: RFC 7541.
 */
export class HpackEncoder {
  /** Where the next byte goes: set by the caller. */
  out: Buffer = Buffer.alloc(0);
  at = 0;
  /** Changes when indexes that were written before no longer mean what they did. */
  version = 0;
  /** By field, the how-manieth entry it was, from 0. */
  readonly #entries = new Map<string, number>();
  /** By name, the how-manieth entry was its last. */
  readonly #names = new Map<string, number>();
  #added = 0;
  #bytes = 0;
  #limit = TABLE_BYTES;
  /** The smallest limit since the last block, when it changed. */
  #toTell: number | undefined = undefined;

  /** The peer says how large the table may be: SETTINGS_HEADER_TABLE_SIZE. */
  setPeerLimit(bytes: number): void {
    const limit = Math.min(bytes, TABLE_BYTES);
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#entries.clear();
    this.#names.clear();
    this.#added = 0;
    this.#bytes = 0;
    this.version++;
    // Emptied first, so that what is left does not depend on which entries a smaller table keeps.
    this.#toTell = 0;
  }

  /** Begins a block. */
  begin(): void {
    if (this.#toTell === undefined) return;
    this.#toTell = undefined;
    this.#integer(0x20, 5, 0);
    if (this.#limit > 0) this.#integer(0x20, 5, this.#limit);
  }

  /** Writes a field that is the same on many calls, and no secret. */
  repeated(name: string, value: string): void {
    const known = staticFieldIndex(name, value);
    if (known !== 0) return this.#integer(0x80, 7, known);
    const key = `${name}\0${value}`;
    const entry = this.#entries.get(key);
    if (entry !== undefined) return this.#integer(0x80, 7, this.#indexOf(entry));
    const bytes = fieldBytes(name, value);
    if (this.#bytes + bytes > this.#limit) return this.literal(name, value);
    this.#write(0x40, 6, name, value);
    this.#entries.set(key, this.#added);
    this.#names.set(name, this.#added);
    this.#added++;
    this.#bytes += bytes;
    this.version++;
  }

  /** Writes a field that is of this call alone. */
  literal(name: string, value: string): void {
    this.#write(0x00, 4, name, value);
  }

  /** Writes a field that nobody on the way may keep: credentials. Source: section 7.1.3. */
  secret(name: string, value: string): void {
    this.#write(0x10, 4, name, value);
  }

  #write(pattern: number, prefixBits: number, name: string, value: string): void {
    const index = this.#nameIndex(name);
    this.#integer(pattern, prefixBits, index);
    if (index === 0) this.#string(name);
    this.#string(value);
  }

  #nameIndex(name: string): number {
    const known = staticNameIndex(name);
    if (known !== 0) return known;
    const entry = this.#names.get(name);
    return entry === undefined ? 0 : this.#indexOf(entry);
  }

  #indexOf(entry: number): number {
    return STATIC_COUNT + this.#added - entry;
  }

  #string(text: string): void {
    const { length } = text;
    this.#integer(0, 7, length);
    if (length > SHORT_TEXT) {
      this.at += this.out.write(text, this.at, "latin1");
      return;
    }
    for (let index = 0; index < length; index++) this.out[this.at++] = text.charCodeAt(index);
  }

  #integer(pattern: number, prefixBits: number, value: number): void {
    const most = (1 << prefixBits) - 1;
    if (value < most) {
      this.out[this.at++] = pattern | value;
      return;
    }
    this.out[this.at++] = pattern | most;
    let rest = value - most;
    while (rest >= 128) {
      this.out[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.out[this.at++] = rest;
  }
}
