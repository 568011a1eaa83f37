import type { Peer } from "@tightwire/core";
import type { Clock } from "@tightwire/core/runtime";
import type { ByteConnection } from "../session/byte-connection.js";

/** Where connections come to. */
export interface Listening {
  /** With the port that was chosen. */
  readonly address: string;
  /** Takes no more connections; those that are open stay. */
  close(): void;
  /** Connections that linger after they were closed must not keep the process alive. */
  unref?(): void;
}

/**
 * Begins to listen, and gives each connection that comes to `accepted`. `clock` is the server's.
 * Throws or rejects with an Error whose message says why it cannot.
 */
export type Listen = (
  address: string,
  accepted: (connection: ByteConnection, peer: Peer) => void,
  clock: Clock,
) => Listening | Promise<Listening>;
