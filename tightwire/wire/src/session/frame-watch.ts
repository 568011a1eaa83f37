import type { FrameReader } from "../frames/frame-reader.js";
import type { ConnectionTimers } from "./connection-timers.js";

/** What the watch asks of its connection. */
export interface WatchedConnection {
  readonly account: { moveUndecoded(bytes: number): void };
  readonly timers: ConnectionTimers;
  readonly limits: { readonly headersTimeoutMs: number };
  readonly closed: boolean;
}

/**
 * Watches the frame, or header block, that has begun and is not whole: it must become whole in
 * time, and what came of it is counted.
 */
export class FrameWatch {
  readonly #connection: WatchedConnection;
  readonly #reader: FrameReader;
  #progressSeen = -1;
  #keptBytes = 0;

  constructor(connection: WatchedConnection, reader: FrameReader) {
    this.#connection = connection;
    this.#reader = reader;
  }

  /** Bytes were read. */
  look(): void {
    const { closed, limits, timers } = this.#connection;
    if (closed) return;
    this.#count(this.#reader.keptBytes);
    if (this.#reader.waitsForMore) {
      if (this.#progressSeen !== this.#reader.progress)
        timers.start("headers", limits.headersTimeoutMs);
      this.#progressSeen = this.#reader.progress;
    } else if (this.#progressSeen !== -1) {
      timers.stop("headers");
      this.#progressSeen = -1;
    }
  }

  /** The connection closed. */
  close(): void {
    this.#count(0);
  }

  #count(bytes: number): void {
    if (bytes === this.#keptBytes) return;
    this.#connection.account.moveUndecoded(bytes - this.#keptBytes);
    this.#keptBytes = bytes;
  }
}
