/**
 * Resets that are remembered. More at once than a peer can have frames on the way for, at any sane
 * rate.
 */
const REMEMBERED = 256;

/**
 * The streams that this side has reset, or answered early, while the peer was still sending: for a
 * while its frames for them are no fault of its. Older ids are forgotten; what comes for a stream
 * older than the oldest that was forgotten gets the benefit of the doubt. Source: RFC 9113, section
 * 5.1.
 */
export class ResetStreams {
  readonly #ids = new Set<number>();
  #forgotten = 0;

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= REMEMBERED) return;
    const oldest = this.#ids.values().next().value as number;
    this.#ids.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
  }

  /** Whether frames on this closed stream are to be ignored. */
  excuses(id: number): boolean {
    return id <= this.#forgotten || this.#ids.has(id);
  }
}
