import type { ByteTransport } from "@tightwire/wire/internals/session/byte-transport.js";
import type { Faults } from "./faults.js";

/**
 * A byte transport without a socket: keeps what a session writes, takes it at once or as slowly as
 * an input says, and holds the session to the transport's rules.
 */
export class MemoryTransport implements ByteTransport {
  /** Nothing is taken before {@link takeAll}. */
  slow = false;
  waitingBytes = 0;
  ended = false;
  readonly #heard: (bytes: Buffer) => void;
  readonly #faults: Faults;
  #waiting: { readonly bytes: Buffer; readonly copy: Buffer }[] = [];
  #whenWritten: (() => void)[] = [];
  #lent: Buffer[] = [];

  /** `heard` gets every byte in order. */
  constructor(faults: Faults, heard: (bytes: Buffer) => void) {
    this.#faults = faults;
    this.#heard = heard;
  }

  /**
   * Lends bytes to a session, which looks at them until it has read them, in this turn of the event
   * loop or a later one. Then they are overwritten.
   */
  lend(
    bytes: Buffer,
    session: { receive(bytes: Buffer): void; readonly hasReadAll: boolean },
  ): void {
    const lent = Buffer.from(bytes);
    this.#lent.push(lent);
    session.receive(lent);
    if (!session.hasReadAll) return;
    for (const read of this.#lent) read.fill(0xee);
    this.#lent = [];
  }

  write(bytes: Buffer): void {
    if (this.ended) return this.#faults.note("bytes were written after the end");
    if (bytes.length === 0) this.#faults.note("nothing was written");
    const copy = Buffer.from(bytes);
    this.#heard(copy);
    if (!this.slow) return;
    this.#waiting.push({ bytes, copy });
    this.waitingBytes += bytes.length;
  }

  whenWritten(callback: () => void): void {
    this.#whenWritten.push(callback);
  }

  end(): void {
    if (this.ended) this.#faults.note("it was ended twice");
    this.ended = true;
  }

  destroy(): void {
    this.ended = true;
    this.#waiting = [];
    this.waitingBytes = 0;
    this.#whenWritten = [];
  }

  /** What waits is written. */
  takeAll(): void {
    for (const { bytes, copy } of this.#waiting) {
      if (!bytes.equals(copy)) this.#faults.note("bytes were changed before they were written");
    }
    this.#waiting = [];
    this.waitingBytes = 0;
    const callbacks = this.#whenWritten;
    this.#whenWritten = [];
    for (const callback of callbacks) callback();
  }
}
