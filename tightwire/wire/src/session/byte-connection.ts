import type { ByteTransport } from "./byte-transport.js";

/** Reads what a connection brings: a session. */
export interface ByteReader {
  /** Bytes came. They must stay as they are: they may be read in a later turn. */
  receive(bytes: Buffer): void;
  /** The connection is closed, for the reason that `message` says. Later calls do nothing. */
  transportClosed(message: string): void;
}

/** A connection that is open: bytes both ways. */
export interface ByteConnection {
  readonly transport: ByteTransport;
  /**
   * Gives what it brings to a reader. Called once, right after it was opened. `closedMessage` is
   * what the reader hears when the other side closes it without an error.
   */
  read(reader: ByteReader, closedMessage: string): void;
}
