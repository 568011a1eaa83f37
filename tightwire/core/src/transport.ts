import type { Metadata } from "./metadata.js";
import type { Outcome, Status } from "./status.js";

/**
 * The transport seam: bytes and metadata between two endpoints, without message types. It consists
 * of handles and sinks. Promises, abort signals and thrown errors would cost more than the call
 * itself; they are made once, above the seam, where a user sees them.
 *
 * Rules for every transport, in both directions:
 * - A sink hears how its call finished (`finished`, `cancelled`) exactly once, and nothing after
 *   it.
 * - `cancel` finishes the call before it returns: `finished` has been called by then, with the
 *   status that was given, unless it was called before.
 * - Bytes given to a sink are borrowed: valid until the callback returns. Bytes given to a
 *   transport belong to the transport.
 * - No sink hears of a call before `unary` or `stream` has returned its handle; a handler in the
 *   same process may run before.
 * - No method throws because of what a peer does.
 * - A connection that takes no more calls tells so (`draining`, `closed`) before it finishes a call
 *   because of that: the call may be sent again at once, over another connection.
 */

/** Bytes that are valid until the callback that gets them returns; copy them to keep them. */
export type Borrowed = Uint8Array;

/** How a call finished, as its client sees it. */
export interface Completion extends Status {
  /** The response's headers; undefined if none came, or if `headers` was called with them. */
  readonly headers: Metadata | undefined;
  readonly trailers: Metadata | undefined;
  readonly outcome: Outcome;
  /** Whether the peer sent the status, or this side found it. */
  readonly origin: "local" | "peer";
}

/** What a transport can do beyond plain calls. */
export interface Capabilities {
  /** It can send requests compressed (gzip). */
  readonly compressRequests: boolean;
  /** It can send responses compressed (gzip). */
  readonly compressResponses: boolean;
  /** It knows the {@link Outcome} of a call that was refused, or whose connection closed. */
  readonly knowsOutcome: boolean;
}
