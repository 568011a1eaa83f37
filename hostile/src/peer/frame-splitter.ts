const HEADER_BYTES = 9;

/** Hears each whole frame; `payload` is borrowed. */
export type FrameSink = (type: number, flags: number, streamId: number, payload: Buffer) => void;

/** Cuts what a socket brings into frames. */
export class FrameSplitter {
  readonly #sink: FrameSink;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #needed = HEADER_BYTES;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  receive(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes < this.#needed) return;
    let rest = this.#waiting.length === 1 ? bytes : Buffer.concat(this.#waiting);
    this.#needed = HEADER_BYTES;
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUIntBE(0, 3);
      if (rest.length < end) {
        this.#needed = end;
        break;
      }
      this.#sink(
        rest[3] as number,
        rest[4] as number,
        rest.readUInt32BE(5) & 0x7fff_ffff,
        rest.subarray(HEADER_BYTES, end),
      );
      rest = rest.subarray(end);
    }
    this.#waiting = [rest];
    this.#waitingBytes = rest.length;
  }
}
