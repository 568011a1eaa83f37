import {
  type ActedLimits,
  type HeldBytes,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { LimitName, Limits } from "./limits.js";
import type { Holder, ProcessAccount } from "./process-account.js";

/**
 * What a decoded message counts for, per byte on the wire. An empty message inside another is two
 * bytes on the wire, and an object with a few fields in memory.
 */
export const DECODED_FACTOR = 32;

/** The status of a call whose message or head would be too much to hold. */
export const TOO_MUCH_HELD: Status = {
  code: StatusNumber.RESOURCE_EXHAUSTED,
  message: "too many bytes are held for the connection",
};

/** What a call costs beside its headers and messages. */
const CALL_BYTES = 4_096;

/** What an account asks of its connection. */
export interface AccountOwner {
  /** Frees at least so many bytes by failing calls, or by closing the connection. */
  shed(bytes: number): void;
  /** A limit acted: `effect` says what happened. */
  limitActed(limit: LimitName, effect: string): void;
}

/**
 * Everything that one connection makes the process hold, by kind, and how often each limit acted.
 * Each change is counted for the process as well. `hold…` asks whether it may be, `move…` only
 * counts: what is released, or was asked for elsewhere.
 */
export class Account implements Holder {
  unparsed = 0;
  undecoded = 0;
  decoded = 0;
  headers = 0;
  calls = 0;
  unread = 0;
  waiting = 0;
  readonly process: ProcessAccount;
  readonly #limits: Limits;
  readonly #owner: AccountOwner;
  readonly #acted: Partial<Record<LimitName, number>> = {};

  constructor(limits: Limits, process: ProcessAccount, owner: AccountOwner) {
    this.#limits = limits;
    this.process = process;
    this.#owner = owner;
    process.add(this);
  }

  /** The connection is closed. What its calls still hold is counted until they release it. */
  close(): void {
    this.process.delete(this);
  }

  /** What came from the peer in frames and is held. */
  get received(): number {
    return this.undecoded + this.decoded + this.headers;
  }

  get heldBytes(): number {
    return this.unparsed + this.received + this.calls + this.unread + this.waiting;
  }

  get held(): HeldBytes {
    const { unparsed, undecoded, decoded, headers, calls, unread, waiting } = this;
    return { unparsed, undecoded, decoded, headers, calls, unread, waiting };
  }

  /** How often each limit acted on the connection. */
  get timesActed(): ActedLimits {
    return { ...this.#acted };
  }

  /** Whether more than half of what may be held for the peer is: slow readers are held back. */
  get crowded(): boolean {
    return this.received > this.#limits.maxHeldBytes / 2;
  }

  /** Whether more than half of what may wait for the peer does, here or in the process. */
  get hoards(): boolean {
    const { maxHeldBytesTotal, maxUnreadBytes } = this.#limits;
    return this.unread > maxUnreadBytes / 2 || this.process.heldBytes > maxHeldBytesTotal / 2;
  }

  /**
   * Whether a message of so many bytes may be decoded before anybody waits for it: while less than
   * half of what may be held is.
   */
  hasRoomAhead(bytes: number): boolean {
    const { maxHeldBytes, maxHeldBytesTotal } = this.#limits;
    const cost = bytes * DECODED_FACTOR;
    return (
      this.received + cost <= maxHeldBytes / 2 &&
      this.process.heldBytes + cost <= maxHeldBytesTotal / 2
    );
  }

  /** Counts bytes as they came; false when they are too many. Releases negative ones. */
  holdUndecoded(bytes: number): boolean {
    if (bytes > 0 && !this.#mayReceive(bytes)) return false;
    this.moveUndecoded(bytes);
    return true;
  }

  /** Counts a call with so many bytes of headers; false when it is too much. */
  openCall(headerBytes: number): boolean {
    if (!this.#mayReceive(headerBytes) || !this.#hasRoom(headerBytes + CALL_BYTES)) return false;
    this.#moveCall(headerBytes, CALL_BYTES);
    return true;
  }

  /** A call that {@link openCall} counted is over. */
  closeCall(headerBytes: number): void {
    this.#moveCall(-headerBytes, -CALL_BYTES);
  }

  #moveCall(headerBytes: number, callBytes: number): void {
    this.headers += headerBytes;
    this.calls += callBytes;
    this.process.heldBytes += headerBytes + callBytes;
  }

  /** Counts a header block under way; false when it is too much. Releases negative bytes. */
  holdHeaders(bytes: number): boolean {
    if (bytes > 0 && !this.#mayReceive(bytes)) return false;
    this.#moveCall(bytes, 0);
    return true;
  }

  moveUnparsed(bytes: number): void {
    this.unparsed += bytes;
    this.process.heldBytes += bytes;
  }

  moveUndecoded(bytes: number): void {
    this.undecoded += bytes;
    this.process.heldBytes += bytes;
  }

  moveDecoded(bytes: number): void {
    this.decoded += bytes;
    this.process.heldBytes += bytes;
  }

  moveUnread(bytes: number): void {
    this.unread += bytes;
    this.process.heldBytes += bytes;
  }

  moveWaiting(bytes: number): void {
    this.waiting += bytes;
    this.process.heldBytes += bytes;
  }

  /** Whether a message of so many bytes passes without a look at who holds what. */
  takesUnread(bytes: number): boolean {
    const { maxHeldBytesTotal, maxUnreadBytes } = this.#limits;
    return (
      this.unread + bytes <= maxUnreadBytes && this.process.heldBytes + bytes <= maxHeldBytesTotal
    );
  }

  /** Whether a message that {@link takesUnread} did not pass may wait for the peer all the same. */
  makeRoomUnread(bytes: number): boolean {
    if (this.unread + bytes > this.#limits.maxUnreadBytes)
      return this.#refuse("maxUnreadBytes", "a response failed its call");
    return this.#hasRoom(bytes);
  }

  /** A limit acted on this connection. `effect` says what happened because of it. */
  acted(limit: LimitName, effect: string): void {
    this.#acted[limit] = (this.#acted[limit] ?? 0) + 1;
    this.#owner.limitActed(limit, effect);
  }

  shed(bytes: number): void {
    this.acted("maxHeldBytesTotal", "calls of the connection that holds most failed");
    this.#owner.shed(bytes);
  }

  #mayReceive(bytes: number): boolean {
    if (this.received + bytes > this.#limits.maxHeldBytes)
      return this.#refuse("maxHeldBytes", "a message or head failed its call");
    return this.#hasRoom(bytes);
  }

  #hasRoom(bytes: number): boolean {
    const { maxHeldBytesTotal } = this.#limits;
    if (this.process.heldBytes + bytes <= maxHeldBytesTotal) return true;
    if (this.process.makeRoom(this, bytes, maxHeldBytesTotal)) return true;
    return this.#refuse("maxHeldBytesTotal", "a call of the connection that holds most failed");
  }

  #refuse(limit: LimitName, effect: string): false {
    this.acted(limit, effect);
    return false;
  }
}
