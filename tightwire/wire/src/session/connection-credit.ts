import { ConnectionError } from "../frames/connection-error.js";
import { ErrorCode } from "../frames/protocol.js";

/**
 * Credit that a peer has on a connection, for all streams together: one that is not read cannot use
 * it up.
 */
export const CONNECTION_WINDOW_BYTES = 16_777_216;

/** What the credit depends on. */
export interface CreditOwner {
  /** What is held of what the peer sent. */
  readonly account: { readonly received: number; readonly decoded: number };
  /** Tells the peer. */
  giveCredit(bytes: number): void;
}

/**
 * The receiving window of a connection. Credit comes back on receipt, whatever the streams do with
 * theirs, as long as not too much waits for readers. Parts of messages that somebody waits for do
 * not count: without credit they would never become whole, and beyond the limit their calls fail.
 * Source: RFC 9113, section 5.2.2.
 */
export class ConnectionCredit {
  readonly #owner: CreditOwner;
  readonly #maxHeldBytes: number;
  #window = CONNECTION_WINDOW_BYTES;
  #unreadBytes = 0;

  constructor(owner: CreditOwner, maxHeldBytes: number) {
    this.#owner = owner;
    this.#maxHeldBytes = maxHeldBytes;
  }

  /**
   * DATA came that costs so many bytes. Throws a {@link ConnectionError} when they are more than
   * the peer had.
   */
  take(bytes: number): void {
    this.#window -= bytes;
    if (this.#window < 0)
      throw new ConnectionError(
        ErrorCode.FLOW_CONTROL_ERROR,
        "more DATA than the connection's window",
      );
    // These bytes are not held yet, and may be.
    this.#give(bytes);
  }

  /**
   * Counts bytes of whole messages, and of parts that nobody waits for, that wait for readers from
   * now on, or no longer (negative).
   */
  countUnread(bytes: number): void {
    this.#unreadBytes += bytes;
  }

  /** Bytes that wait for readers. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Gives back what may be given, in halves of the window. */
  give(): void {
    this.#give(0);
  }

  #give(coming: number): void {
    const used = CONNECTION_WINDOW_BYTES - this.#window;
    if (used < CONNECTION_WINDOW_BYTES / 2) return;
    const most = this.#maxHeldBytes / 2 - coming;
    const { received, decoded } = this.#owner.account;
    if (received > most && this.#unreadBytes + decoded > most) return;
    this.#window += used;
    this.#owner.giveCredit(used);
  }
}
