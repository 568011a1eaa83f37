import type { Acceptor, LimitActed } from "@tightwire/core/runtime";
import type { SessionOptions } from "../session/session.js";

/** How a server keeps a connection. */
export interface ServerSessionOptions extends SessionOptions {
  /** After so long without calls the connection is drained. `Infinity` for never. */
  readonly maxIdleMs: number;
  /** At this age the connection is drained. `Infinity` for never. */
  readonly maxAgeMs: number;
  /** How long calls of a connection that is too old may go on. */
  readonly maxAgeGraceMs: number;
}

/** What a connection asks of its server. */
export interface ServerSessionOwner {
  readonly acceptor: Acceptor;
  /** A limit acted on the client. */
  limitActed?(event: LimitActed): void;
  /** The session closed. */
  sessionClosed(): void;
}
