import type { Clock } from "@tightwire/core/runtime";
import { type FrameOutput, writePing } from "../frames/frame-writer.js";
import type { ConnectionTimers } from "./connection-timers.js";

const PAYLOAD: Buffer = Buffer.from("keepaliv");

/** When a silent peer is asked whether it is there. */
export interface KeepaliveOptions {
  /** Silence after which a PING is sent; `Infinity` for never. */
  readonly keepaliveMs: number;
  /** How long its answer may take. */
  readonly keepaliveTimeoutMs: number;
}

/**
 * Asks a peer that has been silent for long whether it is still there. Whatever comes from it is an
 * answer.
 */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #timers: ConnectionTimers;
  readonly #output: FrameOutput;
  readonly #clock: Clock;
  #heardAt: number;
  #askedAt = 0;

  constructor(
    clock: Clock,
    options: KeepaliveOptions,
    timers: ConnectionTimers,
    output: FrameOutput,
  ) {
    this.#clock = clock;
    this.#heardAt = clock.now();
    this.#options = options;
    this.#timers = timers;
    this.#output = output;
  }

  /** From now on silence counts. */
  start(): void {
    this.#timers.start("keepalive", this.#options.keepaliveMs);
  }

  /** When something came last. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  /**
   * Whether the acknowledgement of a PING, whose payload begins at `start`, is of one of these; it
   * is then taken.
   */
  acknowledged(bytes: Buffer, start: number): boolean {
    if (bytes.compare(PAYLOAD, 0, PAYLOAD.length, start, start + PAYLOAD.length) !== 0)
      return false;
    if (this.#timers.has("pong")) {
      this.#timers.stop("pong");
      this.start();
    }
    return true;
  }

  /** The wait called "keepalive" is over: asks, if it was silent for all of it. */
  ask(): void {
    const silentMs = this.#clock.now() - this.#heardAt;
    if (silentMs < this.#options.keepaliveMs)
      return this.#timers.start("keepalive", this.#options.keepaliveMs - silentMs);
    this.#askedAt = this.#clock.now();
    writePing(this.#output, PAYLOAD, 0, false);
    this.#timers.start("pong", this.#options.keepaliveTimeoutMs);
  }

  /** The wait called "pong" is over: whether the peer is gone. */
  unanswered(): boolean {
    if (this.#heardAt <= this.#askedAt) return true;
    this.start();
    return false;
  }
}
