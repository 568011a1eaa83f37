import type { Clock } from "@tightwire/core/runtime";
import type { FrameHandler } from "../frames/frame.js";
import { type FrameBudget, FrameReader, UNLIMITED } from "../frames/frame-reader.js";
import type { ByteTransport } from "./byte-transport.js";
import { FrameWatch, type WatchedConnection } from "./frame-watch.js";
import { type TurnBudget, turnBudgetOf } from "./turn-budget.js";

/** What reading asks of its connection. */
export interface ReadConnection extends WatchedConnection {
  readonly clock: Clock;
  readonly frames: FrameHandler;
  readonly transport: ByteTransport;
  /** Bytes were read without a fault. */
  bytesRead(): void;
  /** What reading threw. */
  readingFailed(error: unknown): void;
}

/**
 * Reads what a peer sends, as much as a turn of the event loop allows. The rest waits for the next
 * turn, and the transport is paused until it was read.
 */
export class Reading {
  readonly #connection: ReadConnection;
  readonly #reader: FrameReader;
  readonly #watch: FrameWatch;
  readonly #budget: TurnBudget;
  #waiting: Buffer[] = [];

  constructor(connection: ReadConnection) {
    this.#connection = connection;
    this.#reader = new FrameReader(connection.frames);
    this.#watch = new FrameWatch(connection, this.#reader);
    this.#budget = turnBudgetOf(connection.clock);
  }

  /** Bytes came. Keeps those that must wait. */
  receive(bytes: Buffer): void {
    if (this.#waiting.length > 0) this.#waiting.push(bytes);
    else if (!this.#read(bytes, this.#budget.fresh)) this.#connection.transport.pause?.();
  }

  /** Reads all that waits: no more comes. */
  finish(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) if (!this.#connection.closed) this.#read(bytes, UNLIMITED);
  }

  /** Drops what waits: the connection closed. */
  close(): void {
    this.#waiting = [];
    this.#watch.close();
  }

  /** False when a part of it has to wait, and does. */
  #read(bytes: Buffer, budget: FrameBudget): boolean {
    const connection = this.#connection;
    let end: number;
    try {
      end = this.#reader.push(bytes, budget);
    } catch (error) {
      connection.readingFailed(error);
      return true;
    }
    this.#watch.look();
    connection.bytesRead();
    if (end === bytes.length || connection.closed) return true;
    this.#waiting.push(bytes.subarray(end));
    connection.clock.nextTurn(this.#goOn);
    return false;
  }

  readonly #goOn = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [index, bytes] of waiting.entries()) {
      if (this.#connection.closed) return;
      if (this.#read(bytes, this.#budget.waiting)) continue;
      this.#waiting.push(...waiting.slice(index + 1));
      return;
    }
    if (!this.#connection.closed) this.#connection.transport.resume?.();
  };
}
