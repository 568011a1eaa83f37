import { ConnectionError } from "../frames/connection-error.js";
import { ErrorCode } from "../frames/protocol.js";
import type { Limits } from "./limits.js";

/** A header block of several frames, while it is gathered. Source: RFC 9113, section 6.10. */
export class HeaderBlock {
  endStream = false;
  #parts: Buffer[] = [];
  #bytes = 0;
  #continuations = 0;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Its HEADERS came. */
  begin(endStream: boolean, bytes: Buffer, start: number, end: number): void {
    this.endStream = endStream;
    this.#continuations = 0;
    this.#bytes = 0;
    this.#parts = [];
    this.#keep(bytes, start, end);
  }

  /**
   * A CONTINUATION came. Throws a {@link ConnectionError} when they are too many or too large: a
   * block that is not decoded closes the connection.
   */
  add(bytes: Buffer, start: number, end: number): void {
    if (++this.#continuations > this.#limits.maxContinuations)
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "CONTINUATION frames");
    this.#keep(bytes, start, end);
  }

  /** The whole block. */
  take(): Buffer {
    const whole = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    return whole;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > this.#limits.maxHeaderBlockBytes)
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a header block too large to decode");
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
  }
}
