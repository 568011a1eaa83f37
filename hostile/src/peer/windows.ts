const DEFAULT_WINDOW_BYTES = 65_535;
const INITIAL_WINDOW_SIZE = 4;

/** What a peer lets us send. Source: RFC 9113, section 6.9. */
export class Windows {
  #initial = DEFAULT_WINDOW_BYTES;
  #connection = DEFAULT_WINDOW_BYTES;
  /** What streams have beyond the initial window, which may be less than nothing. */
  readonly #streams = new Map<number, number>();

  /** The peer's SETTINGS. */
  settings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6)
      if (payload.readUInt16BE(at) === INITIAL_WINDOW_SIZE)
        this.#initial = payload.readUInt32BE(at + 2);
  }

  update(streamId: number, bytes: number): void {
    if (streamId === 0) this.#connection += bytes;
    else this.#streams.set(streamId, (this.#streams.get(streamId) ?? 0) + bytes);
  }

  get connection(): number {
    return this.#connection;
  }

  /** How much a stream may send now. */
  of(streamId: number): number {
    return Math.min(this.#connection, this.#initial + (this.#streams.get(streamId) ?? 0));
  }

  sent(streamId: number, bytes: number): void {
    this.#connection -= bytes;
    this.update(streamId, -bytes);
  }
}
