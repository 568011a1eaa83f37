import type { Connection, Endpoint } from "@tightwire/core/runtime";

/** Connects to one endpoint, or rejects with an Error whose message says why. */
export type ConnectTo = (endpoint: Endpoint) => Promise<Connection>;

/**
 * Picks the first endpoint that accepts a connection: tries them one after the other, in order.
 * Rejects with one Error that holds the reason of each endpoint when none accepts, or with the
 * reason of `signal` when that is aborted in between. `target` is what the user wrote.
 */
export async function pickFirst(
  target: string,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
  connectTo: ConnectTo,
): Promise<Connection> {
  const reasons: string[] = [];
  for (const endpoint of endpoints) {
    signal.throwIfAborted();
    try {
      return await connectTo(endpoint);
    } catch (error) {
      reasons.push(describe(endpoint, error, endpoints.length === 1 ? target : ""));
    }
  }
  throw new Error(reasons.join("; "));
}

/**
 * Says why an endpoint accepted no connection. Names the endpoint once: not when the reason already
 * does, or `named` does, the text in front of it.
 */
function describe(endpoint: Endpoint, error: unknown, named: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const bare = endpoint.address.replace(/^unix:/, "").replace(/[[\]]/g, "");
  return named.includes(endpoint.address) || reason.includes(bare)
    ? reason
    : `${endpoint.address}: ${reason}`;
}
