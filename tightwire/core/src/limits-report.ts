/** What peers make a process hold, in bytes, by kind. */
export interface HeldBytes {
  /** Bytes that came and wait for a turn of the event loop. From 256 KiB on no more are read. */
  readonly unparsed: number;
  /** Frames and messages as they came: cut short, or waiting for a reader. */
  readonly undecoded: number;
  /** Decoded messages that wait for a reader, at what they may cost as objects. */
  readonly decoded: number;
  /** Header blocks under way, and the decoded headers of calls. */
  readonly headers: number;
  /** Calls in flight, and those whose handler still runs: 4 KiB each. */
  readonly calls: number;
  /** Messages that wait for a peer to read them. */
  readonly unread: number;
  /** Frames of every kind that the socket has not taken yet. */
  readonly waiting: number;
}

/** How often each limit acted, by its name; those that never did are left out. */
export type ActedLimits = Readonly<Record<string, number>>;

/** One connection in a {@link LimitsReport}. */
export interface ConnectionReport {
  /** The peer's address. */
  readonly peer: string;
  readonly heldBytes: HeldBytes;
  readonly acted: ActedLimits;
}

/** What peers make a server hold, and how often a limit stopped one. */
export interface LimitsReport {
  /** Of all server connections of the process. */
  readonly heldBytes: HeldBytes;
  /** How much that may be, all kinds together. */
  readonly maxHeldBytesTotal: number;
  /** On all connections of this server, closed ones included. */
  readonly acted: ActedLimits;
  /** The connections of this server that are open. */
  readonly connections: readonly ConnectionReport[];
}

/** A limit stopped a peer. */
export interface LimitActed {
  /** Its name: `maxHeldBytes`. */
  readonly limit: string;
  /** The peer's address. */
  readonly peer: string;
  /** What happened because of it. */
  readonly effect: string;
}
