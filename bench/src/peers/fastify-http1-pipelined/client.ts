import { Pool } from "undici";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { restCalls } from "../../rest-calls.js";

/**
 * undici with 8 connections, up to 8 calls behind one another on each. Its server is that of
 * `fastify-http1`.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("fastify-http1-pipelined is measured against a server of its own");
  return restCalls(new Pool(`http://${address}`, { connections: 8, pipelining: 8 }), nextHeaders);
}
