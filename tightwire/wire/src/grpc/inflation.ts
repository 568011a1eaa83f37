import type { Clock } from "@tightwire/core/runtime";
import { RateLimit } from "../session/rate-limit.js";
import {
  type Compression,
  type Decompressed,
  expectedBytes,
  inflateLater,
  inflateNow,
} from "./compression.js";
import { type InflationPool, type InflationSource, poolOf } from "./inflation-pool.js";

/**
 * What is at most this large, and comes out at most so large, is inflated here and now: handing it
 * to a thread would take longer.
 */
const SYNC_BYTES = 4_096;
const SYNC_OUTPUT_BYTES = 32_768;
/** What inflating costs beside the bytes that come out, in bytes. */
const COST_BYTES = 4_096;
/** What a connection may inflate on this thread in a turn of the event loop. */
const TURN_BYTES = 524_288;
/** How often a connection that waits for its rate looks whether anybody waits still. */
const LOOK_MS = 1_000;

/** What a connection may have inflated. */
export interface InflationLimits {
  readonly maxInflatedBytesPerSecond: number;
}

/** A message that waits for a thread, and for whom. */
interface Job {
  readonly compression: Compression;
  readonly bytes: Buffer;
  wanted(): boolean;
  later(result: Decompressed): void;
}

/**
 * Inflates the messages of one connection. Small ones that stay small are inflated at once. The
 * others wait for a thread, in order, one of a connection at a time: so a connection that sends
 * bombs holds up itself, neither this thread nor other connections. Beyond its bytes a second it
 * waits, too.
 */
export class Inflation implements InflationSource {
  readonly #clock: Clock;
  readonly #maxMessageBytes: number;
  readonly #rate: RateLimit;
  readonly #pool: InflationPool;
  readonly #waits: () => void;
  readonly #jobs: Job[] = [];
  /** A job runs, waits for its turn in the pool, or for the rate. */
  #busy = false;
  #turn = -1;
  #turnBytes = 0;

  /** `waits` is told when messages wait for the rate. */
  constructor(
    clock: Clock,
    limits: InflationLimits,
    maxMessageBytes: number,
    waits: () => void = () => {},
  ) {
    this.#waits = waits;
    this.#clock = clock;
    this.#maxMessageBytes = maxMessageBytes;
    this.#rate = new RateLimit(limits.maxInflatedBytesPerSecond, clock);
    this.#pool = poolOf(clock);
  }

  /**
   * Inflates at once when that is quick, else when it is its turn, and calls `later`, unless it is
   * not `wanted` any more. It stops at the largest message, however much there would be.
   */
  inflate(
    compression: Compression,
    bytes: Buffer,
    wanted: () => boolean,
    later: (result: Decompressed) => void,
  ): Decompressed | undefined {
    const now = this.#tryNow(compression, bytes);
    if (now !== undefined) return now;
    this.#jobs.push({ compression, bytes, wanted, later });
    this.#next();
    return undefined;
  }

  startNext(done: () => void): boolean {
    this.#dropUnwanted();
    const job = this.#jobs.shift();
    if (job === undefined) {
      this.#busy = false;
      return false;
    }
    const { compression, bytes } = job;
    inflateLater(this.#clock, compression, bytes, this.#maxMessageBytes, (result) => {
      this.#rate.spend(lengthOf(result, this.#maxMessageBytes));
      this.#busy = false;
      this.#next();
      done();
      job.later(result);
    });
    return true;
  }

  /** Undefined when it is for a thread. */
  #tryNow(compression: Compression, bytes: Buffer): Decompressed | undefined {
    if (bytes.length > SYNC_BYTES) return undefined;
    const expected = expectedBytes(compression, bytes);
    if (expected > SYNC_OUTPUT_BYTES || this.#rate.waitMs > 0) return undefined;
    if (!this.#takeTurnBytes(expected + COST_BYTES)) return undefined;
    const most = Math.min(SYNC_OUTPUT_BYTES, this.#maxMessageBytes);
    const result = inflateNow(compression, bytes, most);
    const length = lengthOf(result, most);
    this.#rate.spend(length);
    // What came out may be more than was said.
    if (length > expected) this.#takeTurnBytes(length - expected);
    return result === "too large" && most < this.#maxMessageBytes ? undefined : result;
  }

  #takeTurnBytes(bytes: number): boolean {
    const { turn } = this.#pool;
    if (this.#turn !== turn) this.#turnBytes = 0;
    this.#turn = turn;
    if (this.#turnBytes >= TURN_BYTES || !this.#pool.takeTurnBytes(bytes)) return false;
    this.#turnBytes += bytes;
    return true;
  }

  /** Has the first job served that is still wanted, once the rate allows it. */
  #next(): void {
    if (this.#busy) return;
    this.#dropUnwanted();
    if (this.#jobs.length === 0) return;
    this.#busy = true;
    const { waitMs } = this.#rate;
    if (waitMs === 0) return this.#pool.add(this);
    this.#waits();
    this.#clock.setBackgroundTimer(this.#waited, Math.min(waitMs, LOOK_MS));
  }

  readonly #waited = (): void => {
    this.#busy = false;
    this.#next();
  };

  /** Drops jobs in front of the first that is still wanted. */
  #dropUnwanted(): void {
    while (this.#jobs[0]?.wanted() === false) this.#jobs.shift();
  }
}

/** What an inflation cost its connection: of a malformed message, perhaps as much as is allowed. */
function lengthOf(result: Decompressed, maxBytes: number): number {
  return typeof result === "string" ? maxBytes : result.length;
}
