import { MessageParts, type PartsOwner } from "./message-parts.js";
import { checkPrefix, type MessageFault, PREFIX_BYTES } from "./message-prefix.js";
import {
  heldBytes,
  lengthOf,
  OBJECT_BYTES,
  type ReceivedMessage,
  type Run,
  takeOf,
} from "./waiting-message.js";

/**
 * Whole messages up to this size wait together: as objects of their own, empty ones would take
 * forty times the bytes that they cost their sender.
 */
const SMALL_BYTES = 1_024;
const RUN_BYTES = 4_096;

/** What an inbox asks of its stream. */
export interface InboxOwner extends PartsOwner {
  /** The largest message that is taken. */
  readonly maxMessageBytes: number;
}

/**
 * Messages of one stream that wait: one under way, of which a part has come, and those that are
 * whole and were not asked for yet. Made when a message does not come whole in one piece and to
 * somebody who waits for it.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #prefix: Buffer = Buffer.allocUnsafe(PREFIX_BYTES);
  #prefixBytes = 0;
  /** The message under way, once its prefix has come. */
  #body: MessageParts | undefined = undefined;
  readonly #ready: (ReceivedMessage | Run)[] = [];
  #readyBytes = 0;
  #busy = false;
  /** Bytes held of a message that is being decompressed. */
  #busyBytes = 0;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** Whether a message has begun and is not whole. */
  get midMessage(): boolean {
    return this.#prefixBytes > 0 || this.#body !== undefined;
  }

  /** Whether whole messages wait. */
  get waits(): boolean {
    return this.#ready.length > 0;
  }

  /** Whether more than one message waits, the last perhaps not whole. */
  get waitsForMany(): boolean {
    const first = this.#ready[0];
    if (first === undefined) return false;
    if (this.#ready.length > 1 || this.midMessage) return true;
    return "read" in first && first.read + PREFIX_BYTES + lengthOf(first) < first.write;
  }

  /** The bytes of the next whole message; undefined when none waits. */
  get nextBytes(): number | undefined {
    const first = this.#ready[0];
    if (first === undefined || this.#busy) return undefined;
    return "read" in first ? lengthOf(first) : first.bytes.length;
  }

  /** Whether the next whole message is compressed. */
  get nextCompressed(): boolean {
    const first = this.#ready[0];
    if (first === undefined) return false;
    return "read" in first ? first.buffer[first.read] === 1 : first.compressed;
  }

  /** Whether a message is being decompressed: those behind it wait. */
  get busy(): boolean {
    return this.#busy;
  }

  /** A message of so many bytes, taken out of here, is being decompressed. */
  begin(bytes: number): void {
    this.#busy = true;
    if (this.#owner.hold(bytes)) this.#busyBytes = bytes;
  }

  /** It was decompressed. */
  end(): void {
    this.#busy = false;
    this.#owner.hold(-this.#busyBytes);
    this.#busyBytes = 0;
  }

  /** Whether nothing at all waits. */
  get empty(): boolean {
    return !this.midMessage && this.#ready.length === 0 && !this.#busy;
  }

  /**
   * Bytes of it that the peer gets no credit for yet. Those of a message under way are credited
   * when somebody waits for it, or it could never become whole.
   */
  uncreditedBytes(awaited: boolean): number {
    const partial = this.#prefixBytes + (this.#body?.bytes ?? 0);
    return this.#readyBytes + (awaited && this.#ready.length === 0 ? 0 : partial);
  }

  /** Takes bytes. The result says why the call must end; undefined when it goes on. */
  push(bytes: Buffer, start: number, end: number): MessageFault | undefined {
    let at = start;
    while (at < end) {
      if (!this.midMessage) {
        const whole = this.#endOfSmall(bytes, at, end);
        if (!this.#append(bytes, at, whole)) return { kind: "held" };
        at = whole;
        if (at === end) return undefined;
      }
      if (this.#body === undefined) {
        const copied = bytes.copy(
          this.#prefix,
          this.#prefixBytes,
          at,
          Math.min(end, at + PREFIX_BYTES - this.#prefixBytes),
        );
        this.#prefixBytes += copied;
        at += copied;
        if (this.#prefixBytes < PREFIX_BYTES) return undefined;
        const fault = this.#beginBody();
        if (fault !== undefined) return fault;
      }
      const body = this.#body as unknown as MessageParts;
      const copied = body.push(bytes, at, end);
      if (copied === undefined || (body.whole && !this.#whole(body))) return { kind: "held" };
      at += copied;
    }
    return undefined;
  }

  /** The next whole message, out of the inbox. */
  take(): ReceivedMessage | undefined {
    if (this.#busy) return undefined;
    const first = this.#ready[0];
    if (first === undefined) return undefined;
    const next = "read" in first ? takeOf(first) : first;
    this.#readyBytes -= next.bytes.length + PREFIX_BYTES;
    if ("read" in first && first.read < first.write) return next;
    this.#ready.shift();
    this.#owner.hold(-heldBytes(first));
    return next;
  }

  /** Drops everything. */
  clear(): void {
    this.#owner.hold(-this.#busyBytes);
    this.#body?.drop();
    for (const one of this.#ready) this.#owner.hold(-heldBytes(one));
    this.#body = undefined;
    this.#ready.length = 0;
    this.#readyBytes = 0;
    this.#busyBytes = 0;
  }

  #beginBody(): MessageFault | undefined {
    const prefix = checkPrefix(this.#prefix, 0, this.#owner.maxMessageBytes);
    if (typeof prefix !== "number") return prefix;
    this.#body = new MessageParts(prefix, this.#owner);
    return undefined;
  }

  /** A message under way is whole. False when it is too much to hold. */
  #whole(body: MessageParts): boolean {
    const bytes = body.take();
    this.#body = undefined;
    this.#prefixBytes = 0;
    if (bytes.length <= SMALL_BYTES)
      return this.#append(Buffer.concat([this.#prefix, bytes]), 0, PREFIX_BYTES + bytes.length);
    if (!this.#owner.hold(bytes.length + OBJECT_BYTES)) return false;
    this.#ready.push({ bytes, compressed: this.#prefix[0] === 1 });
    this.#readyBytes += bytes.length + PREFIX_BYTES;
    return true;
  }

  /** How far whole, small and flawless messages reach. */
  #endOfSmall(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (end - at >= PREFIX_BYTES) {
      const length = checkPrefix(bytes, at, this.#owner.maxMessageBytes);
      if (typeof length !== "number" || length > SMALL_BYTES || end - at - PREFIX_BYTES < length)
        break;
      at += PREFIX_BYTES + length;
    }
    return at;
  }

  #append(bytes: Buffer, start: number, end: number): boolean {
    const count = end - start;
    if (count === 0) return true;
    let run = this.#ready.at(-1);
    if (run === undefined || !("read" in run) || run.buffer.length - run.write < count) {
      const size = Math.max(count, RUN_BYTES);
      if (!this.#owner.hold(size)) return false;
      run = { buffer: Buffer.allocUnsafeSlow(size), read: 0, write: 0 };
      this.#ready.push(run);
    }
    run.write += bytes.copy(run.buffer, run.write, start, end);
    this.#readyBytes += count;
    return true;
  }
}
