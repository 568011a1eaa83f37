/** So much memory is asked for at a time. */
const BLOCK_BYTES = 64 * 1024;
/** Larger blocks, in which large texts end up, are not kept for further ones. */
const MAX_KEPT_BYTES = 256 * 1024;
/** A text begins in a new block where less is left. */
const LEAST_BYTES = 1_024;
/** Text of JSON that is longer is better left to the runtime. */
const SHORT = 32;
/** So are strings. */
const LONG = 512;
/** The last one of ASCII. */
const ASCII = 0x7f;
const BILLION = 1_000_000_000;
const BILLION_DIGITS = 9;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;

/**
 * JSON being written as UTF-8. Texts stand one behind the other in a block of memory and are handed
 * out as parts of it: none is asked for a text.
 */
export class JsonText {
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Where the text begins. */
  #start = 0;
  /** Where the next byte goes. */
  #pos = 0;

  /** How many bytes the text has by now. */
  get length(): number {
    return this.#pos - this.#start;
  }

  /** Begins a text; one that was not ended is forgotten. */
  begin(): void {
    this.#pos = this.#start;
    if (this.#block.length - this.#pos >= LEAST_BYTES && this.#block.length <= MAX_KEPT_BYTES)
      return;
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#start = 0;
    this.#pos = 0;
  }

  /** The text that was written. It is the caller's from then on. */
  end(): Buffer {
    const text = this.#block.subarray(this.#start, this.#pos);
    this.#start = this.#pos;
    return text;
  }

  /** Takes back all but the first `length` bytes, and gives that as a string. */
  takeBack(length: number): string {
    const from = this.#start + length;
    const text = this.#block.toString("utf8", from, this.#pos);
    this.#pos = from;
    return text;
  }

  byte(code: number): void {
    this.#room(1);
    this.#block[this.#pos++] = code;
  }

  /** Bytes that are JSON already. */
  raw(bytes: Uint8Array, from = 0): void {
    const { length } = bytes;
    this.#room(length);
    const block = this.#block;
    let pos = this.#pos;
    for (let at = from; at < length; at++) block[pos++] = bytes[at] as number;
    this.#pos = pos;
  }

  /** A string that is JSON already. */
  text(json: string): void {
    // A character of UTF-16 is at most three bytes of UTF-8.
    this.#room(json.length < LEAST_BYTES ? json.length * 3 : Buffer.byteLength(json));
    if (json.length > SHORT || !this.#shortText(json))
      this.#pos += this.#block.write(json, this.#pos, "utf8");
  }

  /** False, with nothing written, where it is not ASCII. */
  #shortText(json: string): boolean {
    const block = this.#block;
    let pos = this.#pos;
    for (let at = 0; at < json.length; at++) {
      const code = json.charCodeAt(at);
      if (code > ASCII) return false;
      block[pos++] = code;
    }
    this.#pos = pos;
    return true;
  }

  /**
   * A string in quotes, out of its UTF-8 in `bytes`. False, with nothing written, for what is left
   * to the runtime: text that is long, is malformed, or has to be escaped. Of most texts neither a
   * string nor a call is made thereby.
   */
  quote(bytes: Uint8Array, start: number, length: number): boolean {
    if (length > LONG) return false;
    this.#room(length + 2);
    const block = this.#block;
    let pos = this.#pos;
    block[pos++] = QUOTE;
    const end = start + length;
    for (let at = start; at < end; ) {
      const code = bytes[at] as number;
      if (code > ASCII) {
        const octets = sequenceAt(bytes, at, end);
        if (octets === 0) return false;
        for (const after = at + octets; at < after; at++) block[pos++] = bytes[at] as number;
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

  /** The digits of an integer that JavaScript holds exactly. */
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

  /** The digits of less than 2^31, with zeros before them up to `least`. */
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

  /** Moves to a larger block when so many bytes do not fit behind what is written. */
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
 * How many octets the character of more than one octet at `at` has; 0 when it is malformed. Source:
 * Unicode, table 3-7.
 */
function sequenceAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  const octets = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + octets > end) return 0;
  const second = bytes[at + 1] as number;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + octets; next++)
    if (((bytes[next] as number) & 0xc0) !== 0x80) return 0;
  return octets;
}
