/** Memory is allocated in blocks of this size. */
const BLOCK_BYTES = 64 * 1024;
/** Larger blocks, which large texts need, are not reused. */
const MAX_KEPT_BYTES = 256 * 1024;
/** A text starts in a new block when less than this is free. */
const MIN_FREE_BYTES = 1_024;
/** For longer JSON texts the runtime is faster. */
const MAX_SHORT_TEXT = 32;
/** For longer strings the runtime is faster. */
const MAX_QUOTED_BYTES = 512;
/** The last ASCII code. */
const MAX_ASCII = 0x7f;
const BILLION = 1_000_000_000;
const BILLION_DIGITS = 9;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * Builds JSON texts as UTF-8. Texts are written one after the other into a block of memory, and are
 * returned as parts of it, so a text needs no allocation.
 */
export class JsonText {
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Where the current text starts. */
  #start = 0;
  /** Where the next byte is written. */
  #pos = 0;

  /** The length of the current text in bytes. */
  get length(): number {
    return this.#pos - this.#start;
  }

  /** Starts a text. Discards an unfinished one. */
  begin(): void {
    this.#pos = this.#start;
    if (this.#block.length - this.#pos >= MIN_FREE_BYTES && this.#block.length <= MAX_KEPT_BYTES)
      return;
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#start = 0;
    this.#pos = 0;
  }

  /** Finishes the text and returns it. The caller owns it. */
  end(): Buffer {
    const text = this.#block.subarray(this.#start, this.#pos);
    this.#start = this.#pos;
    return text;
  }

  /** Removes all but the first `length` bytes, and returns them as a string. */
  takeBack(length: number): string {
    const from = this.#start + length;
    const text = this.#block.toString("utf8", from, this.#pos);
    this.#pos = from;
    return text;
  }

  /** Writes one byte. */
  byte(code: number): void {
    this.#room(1);
    this.#block[this.#pos++] = code;
  }

  /** Writes bytes that are JSON, starting at index `from`. */
  raw(bytes: Uint8Array, from = 0): void {
    const { length } = bytes;
    this.#room(length);
    const block = this.#block;
    let pos = this.#pos;
    for (let at = from; at < length; at++) block[pos++] = bytes[at] as number;
    this.#pos = pos;
  }

  /** Writes a string that is JSON. */
  text(json: string): void {
    // A character of UTF-16 is at most three bytes of UTF-8.
    this.#room(json.length < MIN_FREE_BYTES ? json.length * 3 : Buffer.byteLength(json));
    if (json.length > MAX_SHORT_TEXT || !this.#shortText(json))
      this.#pos += this.#block.write(json, this.#pos, "utf8");
  }

  /** Writes ASCII. False, with nothing written, for other text. */
  #shortText(json: string): boolean {
    const block = this.#block;
    let pos = this.#pos;
    for (let at = 0; at < json.length; at++) {
      const code = json.charCodeAt(at);
      if (code > MAX_ASCII) return false;
      block[pos++] = code;
    }
    this.#pos = pos;
    return true;
  }

  /**
   * Writes a string in quotes from its UTF-8 in `bytes`. False, with nothing written, for text that
   * is long, malformed, or needs escapes; the runtime writes it then. Most texts need neither a
   * string nor a call of the runtime.
   */
  quote(bytes: Uint8Array, start: number, length: number): boolean {
    if (length > MAX_QUOTED_BYTES) return false;
    this.#room(length + 2);
    const block = this.#block;
    let pos = this.#pos;
    block[pos++] = QUOTE;
    const end = start + length;
    for (let at = start; at < end; ) {
      const code = bytes[at] as number;
      if (code > MAX_ASCII) {
        const count = sequenceAt(bytes, at, end);
        if (count === 0) return false;
        for (const after = at + count; at < after; at++) block[pos++] = bytes[at] as number;
      } else {
        if (code < SPACE || code === QUOTE || code === BACKSLASH) return false;
        block[pos++] = code;
        at++;
      }
    }
    block[pos] = QUOTE;
    this.#pos = pos + 1;
    return true;
  }

  /** Writes a safe integer. */
  integer(value: number): void {
    this.#room(20);
    let rest = value;
    if (value < 0) {
      this.#block[this.#pos++] = MINUS;
      rest = -value;
    }
    if (rest < BILLION) return this.#digits(rest, 0);
    const upper = Math.floor(rest / BILLION);
    this.#digits(upper, 0);
    this.#digits(rest - upper * BILLION, BILLION_DIGITS);
  }

  /** Writes a number below 2^31, padded with zeros to `least` digits. */
  #digits(value: number, least: number): void {
    let count = 1;
    for (let power = 10; power <= value; power *= 10) count++;
    if (count < least) count = least;
    const block = this.#block;
    let rest = value | 0;
    for (let at = this.#pos + count - 1; at >= this.#pos; at--) {
      const next = (rest / 10) | 0;
      block[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#pos += count;
  }

  /** Moves to another block when `bytes` more bytes do not fit. */
  #room(bytes: number): void {
    if (this.#pos + bytes <= this.#block.length) return;
    const written = this.#pos - this.#start;
    const block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, 2 * written, written + bytes));
    this.#block.copy(block, 0, this.#start, this.#pos);
    this.#block = block;
    this.#start = 0;
    this.#pos = written;
  }
}

/**
 * The number of bytes of the multi-byte character at `at`; 0 when it is malformed. Source: Unicode,
 * table 3-7.
 */
function sequenceAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  const count = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + count > end) return 0;
  const second = bytes[at + 1] as number;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + count; next++)
    if (((bytes[next] as number) & 0xc0) !== 0x80) return 0;
  return count;
}
