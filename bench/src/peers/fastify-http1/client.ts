import { Pool } from "undici";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { restCalls } from "../../rest-calls.js";

/** undici with a connection for each of 64 calls at once, one call at a time on each. */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("fastify-http1 is measured against a server of its own");
  return restCalls(new Pool(`http://${address}`, { connections: 64, pipelining: 1 }), nextHeaders);
}
