/**
 * What carries a connection's bytes: a socket, or a test. The session sees nothing else of it. What
 * it gives must stay as it is: the session may read it in a later turn of the event loop.
 */
export interface ByteTransport {
  /** Takes bytes, in order. The buffer must stay as it is until {@link waitingBytes} is 0. */
  write(bytes: Buffer): void;
  /** Bytes taken and not yet written. When it is 0, every buffer given before is free again. */
  readonly waitingBytes: number;
  /**
   * Calls back, later, once everything that waits now has been written. Something must wait, and
   * nobody else for it. Does not call back when the transport closes.
   */
  whenWritten(callback: () => void): void;
  /**
   * Closes it after what waits was written. What the other side still sends is read and dropped for
   * a moment, so that it can read what was written.
   */
  end(): void;
  /** Gives no more bytes, or few, until {@link resume}. Default: gives them. */
  pause?(): void;
  /** Gives bytes again. */
  resume?(): void;
  /** Closes it now. */
  destroy(): void;
}
