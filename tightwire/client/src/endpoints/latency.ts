/** What was measured so long ago counts half. */
const HALF_LIFE_MS = 3_000;
/**
 * Without news for so long the average halves, so that an endpoint which was slow, or failed, gets
 * a call again and is seen to be fast: after 30 s at most, were it a thousand times as slow.
 */
const FADE_MS = 3_000;
/** What is measured again within so long has not faded. */
const FRESH_MS = 50;
/** The shortest latency that is counted, since clocks are coarse. */
const SHORTEST_MS = 0.01;

/**
 * A moving average of latencies in which each counts by its age, so that it forgets as fast at ten
 * calls a second as at ten thousand.
 */
export class Latency {
  #ms: number | undefined = undefined;
  #at = 0;

  /** In milliseconds; undefined before the first. */
  at(now: number): number | undefined {
    if (this.#ms === undefined || now - this.#at < FRESH_MS) return this.#ms;
    return this.#ms * 2 ** ((this.#at - now) / FADE_MS);
  }

  /** An attempt that finished at `now` took so long. */
  add(ms: number, now: number): void {
    const taken = Math.max(ms, SHORTEST_MS);
    const share = 2 ** ((this.#at - now) / HALF_LIFE_MS);
    this.#ms = this.#ms === undefined ? taken : this.#ms * share + taken * (1 - share);
    this.#at = now;
  }
}
