import type { HpackEncoder } from "./encoder.js";

/**
 * Fields that are written together again and again: on a connection that has sent them once they
 * are a few indexes, which are remembered until the table changes.
 */
export class RepeatedFields {
  readonly #fields: readonly (readonly [name: string, value: string])[];
  #version = -1;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(fields: readonly (readonly [name: string, value: string])[]) {
    this.#fields = fields;
  }

  /** Writes them into the block that the encoder has begun. One encoder a set. */
  write(encoder: HpackEncoder): void {
    if (encoder.version === this.#version) {
      const { out } = encoder;
      let { at } = encoder;
      for (const byte of this.#bytes) out[at++] = byte;
      encoder.at = at;
      return;
    }
    const { at: start, version } = encoder;
    for (const [name, value] of this.#fields) encoder.repeated(name, value);
    // What added entries is written once: the next time they are indexes.
    if (encoder.version !== version) return;
    this.#version = version;
    this.#bytes = Buffer.from(encoder.out.subarray(start, encoder.at));
  }
}
