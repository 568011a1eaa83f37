import type { experimental } from "@grpc/grpc-js";
import { asBuffer } from "./metadata.js";

/** Writing waits above so many bytes that grpc-js has been given and has not taken. */
const HIGH_WATER_BYTES = 64 * 1024;
/** And above so many messages: they reach the socket together. */
const HIGH_WATER_MESSAGES = 16;
/** grpc.writeFlags.NoCompress */
const NO_COMPRESS = 2;
const NONE: readonly Held[] = [];

/** A message that waits until grpc-js has taken the first one. */
interface Held {
  readonly bytes: Uint8Array;
  readonly compress: boolean;
}

/** Who hears that writing may go on. */
interface Drained {
  drained(): void;
}

/** Gives the requests of a call to grpc-js, and keeps count of what it has not taken. */
export class RequestWriter {
  readonly #call: experimental.CallStream;
  readonly #compress: boolean;
  readonly #maxMessages: number;
  readonly #sink: Drained;
  #waitingBytes = 0;
  #waitingMessages = 0;
  #full = false;
  #ending = false;
  #closed = false;
  /**
   * Whether grpc-js took a message. Until then it keeps one, and a second one would replace it.
   */
  #begun = false;
  #held: readonly Held[] = NONE;

  /** `compress`: the messages of this call may be compressed. */
  constructor(call: experimental.CallStream, compress: boolean, sink: Drained) {
    this.#call = call;
    this.#compress = compress;
    this.#sink = sink;
    // grpc-js may compress a later message faster, so compressed calls send one at a time.
    this.#maxMessages = compress ? 1 : HIGH_WATER_MESSAGES;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Takes a message. False when enough is waiting, until the sink is told `drained`. */
  write(bytes: Uint8Array, compress: boolean = this.#compress): boolean {
    if (this.#closed) return true;
    this.#waitingBytes += bytes.byteLength;
    this.#waitingMessages++;
    if (this.#begun || this.#waitingMessages === 1) this.#send(bytes, compress);
    else this.#held = [...this.#held, { bytes, compress }];
    this.#full ||=
      this.#waitingBytes >= HIGH_WATER_BYTES || this.#waitingMessages >= this.#maxMessages;
    return !this.#full;
  }

  /** No more messages. */
  halfClose(): void {
    if (this.#closed) return;
    // With several messages in its filters grpc-js would half-close after the first.
    if (this.#waitingMessages <= 1) this.#call.halfClose();
    else this.#ending = true;
  }

  /** The call finished: nothing more is sent. */
  close(): void {
    this.#closed = true;
  }

  #send(bytes: Uint8Array, compress: boolean): void {
    const context = {
      flags: compress && this.#compress ? 0 : NO_COMPRESS,
      callback: () => this.#taken(bytes.byteLength),
    };
    this.#call.sendMessageWithContext(context, asBuffer(bytes));
  }

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingMessages--;
    if (this.#closed) return;
    if (!this.#begun) this.#begin();
    if (this.#ending && this.#waitingMessages === 0) this.#call.halfClose();
    if (
      !this.#full ||
      this.#waitingBytes > HIGH_WATER_BYTES / 2 ||
      this.#waitingMessages > this.#maxMessages / 2
    )
      return;
    this.#full = false;
    this.#sink.drained();
  }

  /** grpc-js has made its inner call: sends what waited for it. */
  #begin(): void {
    this.#begun = true;
    for (const { bytes, compress } of this.#held) this.#send(bytes, compress);
    this.#held = NONE;
  }
}
