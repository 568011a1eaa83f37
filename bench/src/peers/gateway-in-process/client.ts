import { Pool } from "undici";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { restCalls } from "../../rest-calls.js";

/** As `fastify-http1` is called, but for the header that tells the time left. */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("a gateway is measured against a server of its own");
  const pool = new Pool(`http://${address}`, { connections: 64, pipelining: 1 });
  return restCalls(pool, nextHeaders, (timeoutMs) => ["grpc-timeout", `${timeoutMs}m`]);
}
