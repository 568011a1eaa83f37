import { copyBytes, copyField } from "./copy.js";
import { endsEarly, illegalTag, MAX_DEPTH, tooDeep, wrongEndGroup } from "./malformed.js";
import { readShortAscii, SHORT_TEXT } from "./short-text.js";
import { skipValue } from "./skip.js";
import { readUtf8 } from "./utf8.js";
import { wordAt } from "./varint.js";
import type { WireType } from "./wire-type.js";
import { float32, float64, HIGH, joinInt64, joinUint64, LOW, words } from "./words.js";

const MAX_VARINT_BYTES = 10;

/**
 * Reads what protobuf writes: the methods that the code of ts-proto calls, with the results of
 * `@bufbuild/protobuf/wire` (2.17), malformed input included, and those that our plugin adds.
 * What differs: text that is not UTF-8 throws unless it is read with `string(false)`; a skipped
 * varint has at most ten bytes, and a length 32 bits; `bytes` and `skip` give copies.
 * Every method moves `pos` on, and throws an Error when there is no such value: a RangeError where
 * the input ends too early.
 */
export class BinaryReader {
  /** Where the next value begins. */
  pos = 0;
  /** Where the input, or the message that is being read, ends. */
  len: number;
  #depth = 0;
  readonly #bytes: Uint8Array;
  /** Upper word of the 64-bit varint that was read last. */
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.len = bytes.length;
  }

  /** The bytes that it reads. */
  get input(): Uint8Array {
    return this.#bytes;
  }

  /** Begins a message of so many bytes, by default all, or the group -length. Returns its end. */
  enter(length?: number): number {
    if (++this.#depth > MAX_DEPTH) throw tooDeep();
    if (length === undefined) return this.len;
    if (length < 0) return Number.POSITIVE_INFINITY;
    const end = this.pos + length;
    if (end > this.len) throw endsEarly();
    this.len = end;
    return end;
  }

  /** Ends what `enter` began; takes what `len` was before. */
  leave(outerEnd: number): void {
    this.len = outerEnd;
    this.#depth--;
  }

  /** Reads a field's number and wire type. */
  tag(): [number, WireType] {
    const tag = this.fieldTag();
    if ((tag & 7) > 5) throw illegalTag(tag);
    return [tag >>> 3, (tag & 7) as WireType];
  }

  /** Reads both as the one number that they are on the wire; `skip` refuses wire types 6 and 7. */
  fieldTag(): number {
    const at = this.pos;
    if (at < this.len) {
      const byte = this.#bytes[at] as number;
      if (byte > 7 && byte < 0x80) {
        this.pos = at + 1;
        return byte;
      }
    }
    return this.#longTag();
  }

  /** Throws unless `length`, as {@link enter} was given it, is of the group that the tag ends. */
  endGroup(tag: number, length: number | undefined): void {
    if (length !== -(tag >>> 3)) throw wrongEndGroup(tag);
  }

  /** Reads the length of what follows, and throws when that is more than there is. */
  length(): number {
    const at = this.pos;
    if (at < this.len) {
      const byte = this.#bytes[at] as number;
      if (byte < 0x80 && byte < this.len - at) {
        this.pos = at + 1;
        return byte;
      }
    }
    return this.#longLength();
  }

  /** Reads the length of what follows. Returns where that ends. */
  lengthEnd(): number {
    return this.length() + this.pos;
  }

  /** Throws when the last value of a packed field went past the end of the field. */
  endPacked(end: number): void {
    if (this.pos !== end) throw endsEarly();
  }

  /** Passes over a field whose tag was read, and gives a copy of all of it, its tag included. */
  unknownField(tag: number): Uint8Array {
    const start = this.pos;
    skipValue(this, tag & 7, tag >>> 3, MAX_DEPTH);
    return copyField(tag, this.#bytes, start, this.pos);
  }

  /** Passes over a value and gives its bytes; a group ends with `field` if that is given. */
  skip(wireType: WireType | number, field?: number, groups: number = MAX_DEPTH): Uint8Array {
    const start = this.pos;
    skipValue(this, wireType, field, groups);
    return copyBytes(this.#bytes, start, this.pos);
  }

  uint32(): number {
    const at = this.pos;
    if (at < this.len) {
      const byte = this.#bytes[at] as number;
      if (byte < 0x80) {
        this.pos = at + 1;
        return byte;
      }
    }
    return this.#varint() >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  bool(): boolean {
    return (this.#varint() | this.#high) !== 0;
  }

  int64(): bigint {
    return joinInt64(this.#varint(), this.#high);
  }

  uint64(): bigint {
    return joinUint64(this.#varint(), this.#high);
  }

  sint64(): bigint {
    const low = this.#varint();
    const high = this.#high;
    const sign = -(low & 1);
    return joinInt64(((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign);
  }

  fixed32(): number {
    return this.sfixed32() >>> 0;
  }

  sfixed32(): number {
    return wordAt(this.#bytes, this.#take(4));
  }

  fixed64(): bigint {
    const at = this.#take(8);
    return joinUint64(wordAt(this.#bytes, at), wordAt(this.#bytes, at + 4));
  }

  sfixed64(): bigint {
    const at = this.#take(8);
    return joinInt64(wordAt(this.#bytes, at), wordAt(this.#bytes, at + 4));
  }

  float(): number {
    words[0] = wordAt(this.#bytes, this.#take(4));
    return float32[0] as number;
  }

  double(): number {
    const at = this.#take(8);
    words[LOW] = wordAt(this.#bytes, at);
    words[HIGH] = wordAt(this.#bytes, at + 4);
    return float64[0] as number;
  }

  /** A copy. */
  bytes(): Uint8Array {
    const length = this.length();
    this.pos += length;
    return copyBytes(this.#bytes, this.pos - length, this.pos);
  }

  /** Throws for bytes that are not UTF-8, or has U+FFFD for them where `strict` is false. */
  string(strict = true): string {
    const bytes = this.#bytes;
    const length = this.length();
    const start = this.pos;
    const end = start + length;
    this.pos = end;
    if (length <= SHORT_TEXT) {
      let all = 0;
      for (let at = start; at < end; at++) all |= bytes[at] as number;
      if (all < 0x80) return readShortAscii(bytes, start, length);
    }
    return readUtf8(bytes, start, end, strict);
  }

  /** Moves on by so many bytes, and tells where they begin. */
  #take(count: number): number {
    const at = this.pos;
    if (count > this.len - at) throw endsEarly();
    this.pos = at + count;
    return at;
  }

  /** Reads up to 64 bits; gives the lower word and leaves the upper one in `#high`. */
  #varint(): number {
    const bytes = this.#bytes;
    const start = this.pos;
    const end = Math.min(this.len, start + MAX_VARINT_BYTES);
    let low = 0;
    let high = 0;
    let at = start;
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++] as number;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift > 28) high |= (byte & 0x7f) << (shift - 32);
      else {
        low |= byte << 28;
        high = (byte & 0x7f) >>> 4;
      }
      if (byte < 0x80) {
        this.pos = at;
        this.#high = high;
        return low;
      }
    }
    throw at - start === MAX_VARINT_BYTES ? new Error("invalid varint") : endsEarly();
  }

  #longLength(): number {
    const length = this.#varint() >>> 0;
    if (this.#high !== 0 || length > this.len - this.pos) throw endsEarly();
    return length;
  }

  /** Reads a tag of several bytes, or one that is invalid. */
  #longTag(): number {
    const start = this.pos;
    const tag = this.uint32();
    const length = this.pos - start;
    if (length > 5 || (length === 5 && (this.#bytes[this.pos - 1] as number) > 0x0f))
      throw new Error("illegal tag: varint overflows uint32");
    if (tag < 8) throw illegalTag(tag);
    return tag;
  }
}
