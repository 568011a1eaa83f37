import type { Clock } from "@tightwire/core/runtime";
import type { ByteTransport } from "./byte-transport.js";
import { FlushSchedule } from "./flush-schedule.js";
import { giveSlab, SLAB_BYTES, takeSlab } from "./slab.js";

/**
 * So much may wait at the transport before DATA waits with us, where its order can still be chosen.
 */
const BLOCKED_BYTES = 131_072;

/**
 * After so many calls what was written is handed on before the turn is over. Kept to its end, the
 * answers of 64 calls were one write, and each side of the connection stood still while the other
 * worked through them: with a write for 16 of them both work at once, and do 1.4 times as many
 * calls.
 */
const CALLS_A_WRITE = 16;

/** Where bytes are counted that the transport has not written. */
interface WaitingAccount {
  moveWaiting(bytes: number): void;
}

/**
 * Gathers what a connection writes into few writes. Whoever writes calls {@link reserve} and then
 * fills `buffer` from `at` on; {@link FlushSchedule} says when it is flushed.
 */
export class Output {
  buffer: Buffer = NOTHING;
  at = 0;
  /** Whether DATA is to wait. */
  blocked = false;
  /** Whether HEADERS or DATA were written since the peer's last PING. */
  sentSincePing = false;
  #start = 0;
  #sentBytes = 0;
  #waiting = false;
  /** How often {@link callWritten} was told since bytes were handed on. */
  #calls = 0;
  #closed = false;
  /** What the account was told of the bytes that wait at the transport. */
  #counted = 0;
  readonly #account: WaitingAccount;
  #inFlight: Buffer[] = [];
  readonly #transport: ByteTransport;
  readonly #schedule: FlushSchedule;
  readonly #beforeFlush: () => void;
  readonly #afterWrite: () => void;

  /**
   * `beforeFlush` may still write; `unblocked` is told when the transport has written what it held.
   */
  constructor(
    transport: ByteTransport,
    clock: Clock,
    account: WaitingAccount,
    beforeFlush: () => void,
    unblocked: () => void,
  ) {
    this.#schedule = new FlushSchedule(clock, () => this.flush());
    this.#account = account;
    this.#transport = transport;
    this.#beforeFlush = beforeFlush;
    this.#afterWrite = () => {
      this.#waiting = false;
      this.#written();
      unblocked();
      // What was handed on since then may still wait.
      this.#wait();
    };
  }

  /** Bytes written by the connection so far, those that wait here included. */
  get position(): number {
    return this.#sentBytes + this.at - this.#start;
  }

  /** Bytes that were handed to the transport. What lies beyond was never sent. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Bytes that the transport has and has not written. */
  get waitingBytes(): number {
    return this.#transport.waitingBytes;
  }

  /** Makes room for so many bytes in a row, and sees to it that they are sent. */
  reserve(bytes: number): void {
    if (this.buffer.length - this.at < bytes) this.#makeRoom(bytes);
    if (!this.#schedule.pending) this.#schedule.request();
  }

  /** The last frame of a call was written, or the first of a stream in this turn. */
  callWritten(): void {
    if (++this.#calls >= CALLS_A_WRITE && this.#transport.waitingBytes === 0) this.#send();
  }

  /** Has {@link flush} called soon. */
  schedule(): void {
    this.#schedule.request();
  }

  /** Nothing is handed on from now on. */
  close(): void {
    this.#closed = true;
    this.#count(0);
  }

  #count(waiting: number): void {
    if (waiting === this.#counted) return;
    this.#account.moveWaiting(waiting - this.#counted);
    this.#counted = waiting;
  }

  /** Hands on what was written. */
  flush(): void {
    if (this.#closed) return;
    this.#beforeFlush();
    this.#send();
    if (this.at === 0 && this.buffer !== NOTHING) {
      giveSlab(this.buffer);
      this.buffer = NOTHING;
    }
  }

  #makeRoom(bytes: number): void {
    this.#send();
    if (this.buffer.length - this.at >= bytes) return;
    if (this.buffer !== NOTHING) {
      if (this.at === 0) giveSlab(this.buffer);
      else this.#inFlight.push(this.buffer);
    }
    this.buffer = bytes > SLAB_BYTES ? Buffer.allocUnsafeSlow(bytes) : takeSlab();
    this.#start = 0;
    this.at = 0;
  }

  #send(): void {
    if (this.at === this.#start || this.#closed) return;
    this.#sentBytes += this.at - this.#start;
    this.#calls = 0;
    this.#transport.write(this.buffer.subarray(this.#start, this.at));
    this.#start = this.at;
    this.#written();
    this.#wait();
  }

  #wait(): void {
    if (this.#transport.waitingBytes === 0 || this.#waiting || this.#closed) return;
    this.#waiting = true;
    this.#transport.whenWritten(this.#afterWrite);
  }

  /** What the transport has let go of can be written over. */
  #written(): void {
    const waiting = this.#transport.waitingBytes;
    this.blocked = waiting >= BLOCKED_BYTES;
    this.#count(this.#closed ? 0 : waiting);
    if (waiting > 0) return;
    for (const slab of this.#inFlight) giveSlab(slab);
    this.#inFlight.length = 0;
    if (this.#start === this.at) {
      this.#start = 0;
      this.at = 0;
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
