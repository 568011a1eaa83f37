import { giveBlock, newBlock, takeFreeBlock, takenFrom } from "./block.js";
import { keepSpareBlock, LARGEST_SHARED_BYTES, lendBlock, takeSpareBlock } from "./lent-block.js";
import { toFloat32, toInt32, toUint32 } from "./numbers.js";
import { writeUtf8 } from "./utf8.js";
import { putVarint, putVarint64, putWord, varintSize } from "./varint.js";
import type { WireType } from "./wire-type.js";
import { float32, float64, HIGH, LOW, splitInt64, splitUint64, words } from "./words.js";

const EMPTY = new Uint8Array(0);
/** Longest text that is cheaper to write by hand than by a call into the runtime. */
const SHORT_TEXT = 24;
/**
 * Texts beyond are measured before they are written, so that no room for three bytes a unit is
 * asked for.
 */
const LONG_TEXT = 16_384;

/**
 * Writes what protobuf reads: the methods that the code of ts-proto calls, with the bytes and the
 * errors of `@bufbuild/protobuf/wire` (2.17).
 *
 * Values are checked as they are written: one that its type cannot hold throws an Error that names
 * it.
 */
export class BinaryWriter {
  #block: Uint8Array<ArrayBuffer> = EMPTY;
  /** Where the message begins in the block. */
  #start = 0;
  #pos = 0;
  /** Where the lengths of open forks belong, counted from the start. */
  #forks: number[] | undefined;
  /** Whether the block is this message's alone, to be lent. */
  #lends = false;

  /** All bytes that were written, in memory of their own. The writer is then as new. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#block.slice(this.#start, this.#pos);
    this.#release(this.#start);
    return bytes;
  }

  /**
   * All bytes that were written, as a part of a block that other messages share, as small Buffers
   * of Node do. Nobody writes there again; but `.buffer` is not the message's alone, and is kept
   * for as long as the message is. Several times as fast as `finish`. The writer is then as new.
   */
  finishShared(): Uint8Array<ArrayBuffer> {
    const bytes = this.#block.subarray(this.#start, this.#pos);
    this.#release(this.#pos);
    return bytes;
  }

  /**
   * Writes the message into a block of its own, if it is likely to be so long that it is worth it.
   * To be called before anything is written, and ended by {@link finishLent}.
   */
  lend(likelyBytes: number): this {
    if (likelyBytes <= LARGEST_SHARED_BYTES) return this;
    this.#lends = true;
    this.#block = takeSpareBlock(likelyBytes);
    return this;
  }

  /**
   * As `finishShared`. A message that has a block of its own is lent: whoever has the bytes may
   * give them to {@link takeBackBlock} when nobody reads them any more.
   */
  finishLent(): Uint8Array<ArrayBuffer> {
    if (!this.#lends || this.#pos <= LARGEST_SHARED_BYTES) return this.finishShared();
    const bytes = this.#block.subarray(0, this.#pos);
    lendBlock(bytes, this.#block);
    this.#block = EMPTY;
    this.#release(0);
    return bytes;
  }

  /** Begins a message, or a packed field, whose length goes before it. */
  fork(): this {
    const at = this.#reserve(1);
    if (this.#forks === undefined) this.#forks = [at - this.#start];
    else this.#forks.push(at - this.#start);
    this.#pos = at + 1;
    return this;
  }

  /** Ends what `fork` began. */
  join(): this {
    const fork = this.#forks?.pop();
    if (fork === undefined) throw new Error("invalid state, fork stack empty");
    const length = this.#pos - this.#start - fork - 1;
    if (length < 0x80) {
      this.#block[this.#start + fork] = length;
      return this;
    }
    const more = varintSize(length) - 1;
    const end = this.#reserve(more) + more;
    const at = this.#start + fork;
    this.#block.copyWithin(at + 1 + more, at + 1, end - more);
    putVarint(this.#block, length, at);
    this.#pos = end;
    return this;
  }

  /** Writes a field's number and wire type. */
  tag(field: number, wireType: WireType): this {
    return this.uint32(((field << 3) | wireType) >>> 0);
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#block.set(bytes, at);
    this.#pos = at + bytes.length;
    return this;
  }

  uint32(value: number): this {
    const checked = value >>> 0 === value ? value : toUint32(value);
    const at = this.#reserve(5);
    if (checked < 0x80) {
      this.#block[at] = checked;
      this.#pos = at + 1;
    } else this.#pos = putVarint(this.#block, checked, at);
    return this;
  }

  int32(value: number): this {
    const checked = (value | 0) === value ? value : toInt32(value);
    return checked >= 0 ? this.uint32(checked) : this.#varint64(checked, -1);
  }

  sint32(value: number): this {
    const checked = (value | 0) === value ? value : toInt32(value);
    return this.uint32(((checked << 1) ^ (checked >> 31)) >>> 0);
  }

  bool(value: boolean): this {
    const at = this.#reserve(1);
    this.#block[at] = value ? 1 : 0;
    this.#pos = at + 1;
    return this;
  }

  int64(value: string | number | bigint): this {
    splitInt64(value);
    return this.#varint64(words[LOW] as number, words[HIGH] as number);
  }

  uint64(value: string | number | bigint): this {
    splitUint64(value);
    return this.#varint64(words[LOW] as number, words[HIGH] as number);
  }

  sint64(value: string | number | bigint): this {
    splitInt64(value);
    const low = words[LOW] as number;
    const high = words[HIGH] as number;
    const sign = high >> 31;
    return this.#varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
  }

  fixed32(value: number): this {
    return this.#word(value >>> 0 === value ? value : toUint32(value));
  }

  sfixed32(value: number): this {
    return this.#word((value | 0) === value ? value : toInt32(value));
  }

  fixed64(value: string | number | bigint): this {
    splitUint64(value);
    return this.#bothWords();
  }

  sfixed64(value: string | number | bigint): this {
    splitInt64(value);
    return this.#bothWords();
  }

  float(value: number): this {
    float32[0] = toFloat32(value);
    return this.#word(words[0] as number);
  }

  double(value: number): this {
    float64[0] = value;
    return this.#bothWords();
  }

  bytes(value: Uint8Array): this {
    return this.uint32(value.byteLength).raw(value);
  }

  /** Half of a surrogate pair becomes U+FFFD. */
  string(value: string): this {
    const text = typeof value === "string" ? value : String(value);
    const { length } = text;
    if (length <= SHORT_TEXT) {
      const at = this.#reserve(length + 1);
      const block = this.#block;
      let end = at + 1;
      for (let index = 0; index < length; index++) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) return this.#text(text);
        block[end++] = unit;
      }
      block[at] = length;
      this.#pos = end;
      return this;
    }
    return this.#text(text);
  }

  /** Guesses that the text is ASCII to know where it goes, and moves it when it was not. */
  #text(text: string): this {
    const { length } = text;
    if (length > LONG_TEXT) this.#reserve(Buffer.byteLength(text) + 5);
    else this.#reserve(length * 3 + 5);
    const at = this.#pos;
    const guess = varintSize(length);
    const written = writeUtf8(this.#block, text, at + guess);
    const prefix = varintSize(written);
    if (prefix !== guess) this.#block.copyWithin(at + prefix, at + guess, at + guess + written);
    this.#pos = putVarint(this.#block, written, at) + written;
    return this;
  }

  #word(value: number): this {
    const at = this.#reserve(4);
    putWord(this.#block, value, at);
    this.#pos = at + 4;
    return this;
  }

  #bothWords(): this {
    const at = this.#reserve(8);
    putWord(this.#block, words[LOW] as number, at);
    putWord(this.#block, words[HIGH] as number, at + 4);
    this.#pos = at + 8;
    return this;
  }

  #varint64(low: number, high: number): this {
    const at = this.#reserve(10);
    this.#pos = putVarint64(this.#block, low, high, at);
    return this;
  }

  /** Makes room for so many bytes, and tells where they go. */
  #reserve(count: number): number {
    if (this.#pos + count > this.#block.length) this.#grow(count);
    return this.#pos;
  }

  /** Takes the free block, or a new one; what was written moves along. */
  #grow(count: number): void {
    const written = this.#pos - this.#start;
    if (this.#lends) return this.#growOwn(count);
    const free = written === 0 ? takeFreeBlock(count) : undefined;
    if (free !== undefined) {
      this.#block = free;
      this.#start = takenFrom;
      this.#pos = takenFrom;
      return;
    }
    const block = newBlock(written, count);
    block.set(this.#block.subarray(this.#start, this.#pos));
    this.#block = block;
    this.#start = 0;
    this.#pos = written;
  }

  #growOwn(count: number): void {
    const before = this.#block;
    this.#block = takeSpareBlock(Math.max(2 * this.#pos, this.#pos + count));
    this.#block.set(before.subarray(0, this.#pos));
    keepSpareBlock(before);
  }

  /** Gives the block back, free from there on. */
  #release(from: number): void {
    giveBlock(this.#block, from);
    this.#block = EMPTY;
    this.#start = 0;
    this.#pos = 0;
    this.#forks = undefined;
    this.#lends = false;
  }
}
