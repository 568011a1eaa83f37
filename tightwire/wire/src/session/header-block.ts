import { calm } from "../frames/connection-error.js";
import type { Limits } from "./limits.js";

/** Where the bytes of a block under way are counted. */
interface HeaderAccount {
  holdHeaders(bytes: number): boolean;
}

/** A header block of several frames, while it is gathered. Source: RFC 9113, section 6.10. */
export class HeaderBlock {
  endStream = false;
  #parts: Buffer[] = [];
  #bytes = 0;
  #continuations = 0;
  readonly #limits: Limits;
  readonly #account: HeaderAccount;

  constructor(limits: Limits, account: HeaderAccount) {
    this.#limits = limits;
    this.#account = account;
  }

  /** Its HEADERS came. */
  begin(endStream: boolean, bytes: Buffer, start: number, end: number): void {
    this.endStream = endStream;
    this.#continuations = 0;
    this.#keep(bytes, start, end);
  }

  /**
   * A CONTINUATION came. Throws a {@link ConnectionError} when they are too many or too large: a
   * block that is not decoded closes the connection.
   */
  add(bytes: Buffer, start: number, end: number): void {
    if (++this.#continuations > this.#limits.maxContinuations)
      throw calm("CONTINUATION frames", "maxContinuations");
    this.#keep(bytes, start, end);
  }

  /** The whole block. */
  take(): Buffer {
    const whole = Buffer.concat(this.#parts, this.#bytes);
    this.drop();
    return whole;
  }

  /** Forgets what was gathered. */
  drop(): void {
    this.#account.holdHeaders(-this.#bytes);
    this.#bytes = 0;
    this.#parts = [];
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const count = end - start;
    if (this.#bytes + count > this.#limits.maxHeaderBlockBytes)
      throw calm("a header block too large to decode", "maxHeaderBlockBytes");
    if (!this.#account.holdHeaders(count)) throw calm("too much is held for a header block");
    this.#bytes += count;
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
  }
}
