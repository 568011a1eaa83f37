/** What carries a session's bytes: a socket, or a test. The session never sees more of it. */
export interface ByteTransport {
  /** Takes bytes, in order. They stay untouched until they are written. */
  write(bytes: Buffer): void;
  /** Bytes taken and not yet written. When it is 0 after a `write`, that buffer is free again. */
  readonly waitingBytes: number;
  /** Calls back, later, once all that waits now has been written. Not when the carrier is lost. */
  whenWritten(callback: () => void): void;
  /**
   * Ends it: what waits is written, then the other side sees the end; what it still sends is read
   * and dropped for a moment, so that it can read what was written.
   */
  end(): void;
  /** Ends it now. */
  destroy(): void;
}
