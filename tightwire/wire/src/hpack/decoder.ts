import { compressionError } from "./compression-error.js";
import { DynamicTable } from "./dynamic-table.js";
import { isGoodValue } from "./field-value.js";
import { decodeHuffman } from "./huffman.js";
import { STATIC_COUNT, STATIC_NAMES, STATIC_VALUES } from "./static-table.js";

/**
 * Hears the fields of a header block in order, a byte a character. Must not throw: a block is
 * decoded to its end whatever it holds.
 */
export interface FieldSink {
  /** `good`: HTTP/2 allows the value. */
  field(name: string, value: string, good: boolean): void;
}

/**
 * The table size that we announce, which is what holds without a word. Source: RFC 9113, section
 * 6.5.2.
 */
export const TABLE_BYTES = 4_096;
/**
 * A change of size may be told as the smallest that it was in between, and the last. Source: RFC
 * 7541, section 4.2.
 */
const MAX_SIZE_UPDATES = 2;

/**
 * Header blocks to fields, with the table that the peer's blocks have filled. Every block of a
 * connection must pass through it, in order, whatever becomes of its stream. Throws
 * COMPRESSION_ERROR. Source: RFC 7541.
 */
export class HpackDecoder {
  readonly #table: DynamicTable;
  readonly #tableBytes: number;
  #bytes: Buffer = NOTHING;
  #at = 0;
  #end = 0;

  /** `tableBytes` is what was announced to the peer. */
  constructor(tableBytes: number = TABLE_BYTES) {
    this.#table = new DynamicTable(tableBytes);
    this.#tableBytes = tableBytes;
  }

  /** Decodes one whole block. */
  decode(bytes: Buffer, start: number, end: number, sink: FieldSink): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#sizeUpdates();
    while (this.#at < end) this.#field(sink);
    this.#bytes = NOTHING;
  }

  #sizeUpdates(): void {
    for (
      let updates = 0;
      this.#at < this.#end && ((this.#bytes[this.#at] as number) & 0xe0) === 0x20;
      updates++
    ) {
      if (updates === MAX_SIZE_UPDATES)
        throw compressionError("more than two changes of the table size in a row");
      const limit = this.#integer(5);
      if (limit > this.#tableBytes)
        throw compressionError(`a table of ${limit} bytes where ${this.#tableBytes} were allowed`);
      this.#table.resize(limit);
    }
  }

  #field(sink: FieldSink): void {
    const first = this.#bytes[this.#at] as number;
    if ((first & 0x80) !== 0) {
      const index = this.#integer(7);
      const name = this.#nameAt(index);
      if (index <= STATIC_COUNT) return sink.field(name, STATIC_VALUES[index] as string, true);
      const entry = index - STATIC_COUNT - 1;
      return sink.field(name, this.#table.value(entry), this.#table.isGood(entry));
    }
    const indexed = (first & 0x40) !== 0;
    if (!indexed && (first & 0x20) !== 0)
      throw compressionError("a change of the table size inside a block");
    const index = this.#integer(indexed ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#nameAt(index);
    const value = this.#string();
    const good = isGoodValue(value);
    if (indexed) this.#table.add(name, value, good);
    sink.field(name, value, good);
  }

  #nameAt(index: number): string {
    const name =
      index <= STATIC_COUNT ? STATIC_NAMES[index] : this.#table.name(index - STATIC_COUNT - 1);
    if (name === undefined || index === 0)
      throw compressionError(`index ${index}, which no entry has`);
    return name;
  }

  #string(): string {
    if (this.#at >= this.#end) throw compressionError("a header block that ends inside a field");
    const huffman = ((this.#bytes[this.#at] as number) & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw compressionError("a string longer than its header block");
    this.#at = end;
    return huffman
      ? decodeHuffman(this.#bytes, start, end)
      : this.#bytes.toString("latin1", start, end);
  }

  /**
   * Section 5.1, to at most five bytes and 2^32 - 1; arithmetic rather than shifts, which wrap at
   * 31 bits.
   */
  #integer(prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    let value = (this.#bytes[this.#at++] as number) & most;
    if (value < most) return value;
    for (let factor = 1, bytes = 1; ; factor *= 128, bytes++) {
      if (this.#at >= this.#end) throw compressionError("a header block that ends inside a number");
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (bytes > 5 || value > 0xffff_ffff) throw compressionError("a number of more than 32 bits");
      if (byte < 0x80) return value;
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
