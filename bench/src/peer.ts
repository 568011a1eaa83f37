import type { NextHeaders } from "./headers.js";

/**
 * A connected client of one peer: the calls of the bench service, each with a deadline and decoded
 * to the end. All reject when a call fails.
 */
export interface PeerClient {
  get(id: string): Promise<{ readonly order?: { readonly items: readonly unknown[] } | undefined }>;
  list(pageSize: number): Promise<{ readonly items: readonly unknown[] }>;
  /** Reads a stream of `count` messages; resolves to how many came. */
  watch(count: number): Promise<number>;
  /**
   * Sends `count` messages on one call, each when the one before got a response; `responded` hears
   * of each response. Resolves to how many came.
   */
  chat(count: number, responded: () => void): Promise<number>;
}

/**
 * What `peers/<name>/server.ts` exports: starts the peer's server on a free loopback port, for as
 * long as the process runs.
 */
export interface PeerServerModule {
  /** Resolves to `host:port`. */
  startServer(): Promise<string>;
}

/** What `peers/<name>/client.ts` exports. */
export interface PeerClientModule {
  /**
   * Connects to where the peer's server is; undefined for a peer that has none of its own. Each
   * call carries what `nextHeaders` gives for it.
   */
  connectClient(address: string | undefined, nextHeaders: NextHeaders): Promise<PeerClient>;
}

/** One of those that are compared. */
export interface Peer {
  readonly name: string;
  /** Undefined when server and client share the client's process. */
  readonly server: (() => Promise<PeerServerModule>) | undefined;
  readonly client: () => Promise<PeerClientModule>;
  /**
   * Cases that it is not measured in, since it cannot do them: its client rejects their calls and
   * says why. Default none.
   */
  readonly cannot?: readonly string[];
}

/** Whole-call deadline of unary calls, in milliseconds. */
export const UNARY_TIMEOUT_MS = 10_000;
/** Whole-call deadline of streams, in milliseconds. */
export const STREAM_TIMEOUT_MS = 60_000;
