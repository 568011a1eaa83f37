import { readShortAscii, SHORT_TEXT } from "./short-text.js";
import { readUtf8 } from "./utf8.js";
import { WireType } from "./wire-type.js";
import { float32, float64, HIGH, joinInt64, joinUint64, LOW, words } from "./words.js";

const MAX_VARINT_BYTES = 10;
/** Nested groups that are skipped at most. */
const MAX_GROUPS = 100;

/**
 * Reads what protobuf writes: the methods that the code of ts-proto calls, with the results of
 * `@bufbuild/protobuf/wire` (2.17), malformed input included. Two things differ: text that is not
 * UTF-8 throws unless it is read with `string(false)`, and `bytes` and `skip` give copies, so that
 * nothing is kept of what is read.
 *
 * Every method moves `pos` on and throws an Error when there is no such value: a RangeError where
 * the input ends too early.
 */
export class BinaryReader {
  /** Where the next value begins. */
  pos = 0;
  /** Where the input ends. */
  readonly len: number;
  /** ts-proto counts here how deep it is in nested messages. */
  __tsProtoDecodeDepth = 0;
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

  /** Reads a field's number and wire type. */
  tag(): [number, WireType] {
    const start = this.pos;
    const tag = this.uint32();
    const length = this.pos - start;
    if (length > 5 || (length === 5 && (this.#bytes[this.pos - 1] as number) > 0x0f))
      throw new Error("illegal tag: varint overflows uint32");
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (field === 0 || wireType > 5)
      throw new Error(`illegal tag: field no ${field} wire type ${wireType}`);
    return [field, wireType as WireType];
  }

  /**
   * Passes over a value and gives its bytes. A group is read to its end, which must be that of
   * `field` if that is given.
   */
  skip(wireType: WireType | number, field?: number, groups: number = MAX_GROUPS): Uint8Array {
    const start = this.pos;
    if (wireType === WireType.Varint) this.#skipVarint();
    else if (wireType === WireType.Bit64) this.#take(8);
    else if (wireType === WireType.Bit32) this.#take(4);
    else if (wireType === WireType.LengthDelimited) this.#take(this.uint32());
    else if (wireType === WireType.StartGroup) this.#skipGroup(field, groups);
    else throw new Error(`cant skip wire type ${wireType}`);
    return copy(this.#bytes, start, this.pos);
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
    return this.#word(this.#take(4));
  }

  fixed64(): bigint {
    const at = this.#take(8);
    return joinUint64(this.#word(at), this.#word(at + 4));
  }

  sfixed64(): bigint {
    const at = this.#take(8);
    return joinInt64(this.#word(at), this.#word(at + 4));
  }

  float(): number {
    words[0] = this.#word(this.#take(4));
    return float32[0] as number;
  }

  double(): number {
    const at = this.#take(8);
    words[LOW] = this.#word(at);
    words[HIGH] = this.#word(at + 4);
    return float64[0] as number;
  }

  /** A copy. */
  bytes(): Uint8Array {
    const length = this.uint32();
    const start = this.#take(length);
    return copy(this.#bytes, start, start + length);
  }

  /**
   * Throws an Error for bytes that are not UTF-8, or puts U+FFFD in their place where `strict` is
   * false.
   */
  string(strict = true): string {
    const length = this.uint32();
    const start = this.#take(length);
    const bytes = this.#bytes;
    const end = start + length;
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

  #word(at: number): number {
    const bytes = this.#bytes;
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
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

  /** However long it is: nobody wants its value. */
  #skipVarint(): void {
    while ((this.#bytes[this.#take(1)] as number) > 0x7f);
  }

  #skipGroup(field: number | undefined, groups: number): void {
    if (groups <= 0) throw new Error("maximum recursion depth reached");
    for (;;) {
      const [inner, wireType] = this.tag();
      if (wireType !== WireType.EndGroup) this.skip(wireType, inner, groups - 1);
      else if (field === undefined || inner === field) return;
      else throw new Error("invalid end group tag");
    }
  }
}

/** Never a Buffer, whatever was read, and never a view. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copied = new Uint8Array(end - start);
  copied.set(bytes.subarray(start, end));
  return copied;
}

function endsEarly(): RangeError {
  return new RangeError("premature EOF");
}
