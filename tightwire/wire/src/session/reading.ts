import type { Clock } from "@tightwire/core/runtime";
import type { FrameHandler } from "../frames/frame.js";
import { type FrameBudget, FrameReader, UNLIMITED } from "../frames/frame-reader.js";
import type { ByteTransport } from "./byte-transport.js";
import { FrameWatch, type WatchedConnection } from "./frame-watch.js";
import { type TurnBudget, turnBudgetOf, type WaitingConnection } from "./turn-budget.js";

/** So many bytes written for a peer, or held for it, count as a millisecond of reading. */
const WRITTEN_BYTES_A_MS = 1_048_576;
const HELD_BYTES_A_MS = 4_194_304;

/** A connection that cost less is not held up by what others cost: a small call of its is read. */
const LIGHT_MS = 1;
const SMALL_CALL_FRAMES = 2;
/** Fewer bytes that just came are read without a look at the clock. */
const TIMED_BYTES = 1_024;

/** So many bytes may wait before no more are taken: an end behind fewer is seen at once. */
const MOST_WAITING_BYTES = 262_144;

/** What reading asks of its connection. */
export interface ReadConnection extends WatchedConnection {
  readonly side: { readonly kind: "server" | "client" };
  readonly clock: Clock;
  readonly frames: FrameHandler;
  readonly transport: ByteTransport;
  readonly account: WatchedConnection["account"] & {
    readonly heldBytes: number;
    moveUnparsed(bytes: number): void;
  };
  readonly output: { readonly position: number };
  /** Bytes were read without a fault. */
  bytesRead(): void;
  /** What reading threw. */
  readingFailed(error: unknown): void;
}

/**
 * Reads what a peer sends, as much as a turn of the event loop allows. The rest waits for a turn to
 * come, and while much does the transport is paused.
 */
export class Reading implements WaitingConnection {
  readonly #connection: ReadConnection;
  readonly #reader: FrameReader;
  readonly #watch: FrameWatch;
  readonly #budget: TurnBudget;
  readonly #number: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  /** What reading has cost, in milliseconds. */
  #costMs = 0;
  /** How often costs were halved when this one was. */
  #halvings = 0;
  #countedPosition = 0;

  constructor(connection: ReadConnection) {
    this.#connection = connection;
    this.#reader = new FrameReader(connection.frames);
    this.#watch = new FrameWatch(connection, this.#reader);
    this.#budget = turnBudgetOf(connection.side.kind, connection.clock);
    this.#number = this.#budget.join();
    this.#halvings = this.#budget.halvings;
  }

  /** What the connection costs the process: the time of reading, and bytes written and held. */
  get costMs(): number {
    this.#age();
    return this.#costMs + this.#connection.account.heldBytes / HELD_BYTES_A_MS;
  }

  /** Bytes came. Keeps those that must wait. */
  receive(bytes: Buffer): void {
    if (this.#waiting.length > 0) this.#keep(bytes);
    else if (!this.#read(bytes, this.#budget.fresh)) this.#budget.wait(this);
    if (this.#waitingBytes < MOST_WAITING_BYTES || this.#paused) return;
    this.#paused = true;
    this.#connection.transport.pause?.();
  }

  /** Reads all that waits: no more comes. */
  finish(): void {
    for (const bytes of this.#takeWaiting())
      if (!this.#connection.closed) this.#read(bytes, UNLIMITED);
  }

  /** Drops what waits: the connection closed. */
  close(): void {
    this.#takeWaiting();
    this.#watch.close();
  }

  readWaiting(): void {
    const waiting = this.#takeWaiting();
    for (const [index, bytes] of waiting.entries()) {
      if (this.#connection.closed) return;
      if (this.#read(bytes, this.#budget.waiting)) continue;
      for (const left of waiting.slice(index + 1)) this.#keep(left);
      this.#budget.wait(this);
      return;
    }
    if (this.#connection.closed || !this.#paused) return;
    this.#paused = false;
    this.#connection.transport.resume?.();
  }

  /** False when a part of it has to wait, and does. */
  #read(bytes: Buffer, budget: FrameBudget): boolean {
    const connection = this.#connection;
    this.#budget.reads(this.#number);
    const least = budget.isUsedUp && this.costMs > LIGHT_MS ? 0 : SMALL_CALL_FRAMES;
    const timed = budget === this.#budget.waiting || bytes.length >= TIMED_BYTES;
    const beganAt = timed ? connection.clock.now() : 0;
    let end: number;
    try {
      end = this.#reader.push(bytes, budget, least);
    } catch (error) {
      connection.readingFailed(error);
      return true;
    }
    this.#count(timed ? connection.clock.now() - beganAt : 0);
    this.#watch.look();
    connection.bytesRead();
    if (end === bytes.length || connection.closed) return true;
    this.#keep(bytes.subarray(end));
    return false;
  }

  /** Adds the time of reading, and what was written since the last time, to the cost. */
  #count(tookMs: number): void {
    const { position } = this.#connection.output;
    this.#age();
    this.#costMs += tookMs + (position - this.#countedPosition) / WRITTEN_BYTES_A_MS;
    this.#countedPosition = position;
  }

  #age(): void {
    const halvings = this.#budget.halvings - this.#halvings;
    if (halvings === 0) return;
    this.#costMs *= 2 ** -halvings;
    this.#halvings += halvings;
  }

  #keep(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#countWaiting(bytes.length);
  }

  #takeWaiting(): Buffer[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#countWaiting(-this.#waitingBytes);
    return waiting;
  }

  #countWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#connection.account.moveUnparsed(bytes);
  }
}
