import type { ConnectionState, Report, Status } from "@tightwire/core/runtime";
import type { SessionOptions } from "../session/session.js";

/** How a client keeps a connection. */
export interface ClientSessionOptions extends SessionOptions {
  readonly scheme: "http" | "https";
  /** What calls name as their host. */
  readonly authority: string;
  /** The id of the first stream; another than 1 is for tests of the last ones. */
  readonly firstStreamId: number;
  /** How long the acknowledgement of a PING may take that a silent server was sent. */
  readonly pingTimeoutMs: number;
  /** Hears what the code above the transport threw. Default: stderr. */
  readonly report?: Report | undefined;
}

/** What a connection tells. */
export interface ClientSessionOwner {
  /** The server's SETTINGS came: it speaks HTTP/2. */
  ready(): void;
  /** It takes no new calls, or is closed. */
  state(state: ConnectionState, why: Status): void;
  /** Whether any call is in flight; without one the process may exit. */
  busy(busy: boolean): void;
  /** The server finds our PINGs too many. */
  tooManyPings(): void;
}
