import { H2CClient } from "undici";
import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { restCalls } from "../../rest-calls.js";

/**
 * undici's own client for HTTP/2 without TLS, over node:http2: one connection with up to 100 calls
 * at once.
 */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  if (address === undefined)
    throw new TypeError("fastify-http2 is measured against a server of its own");
  return restCalls(new H2CClient(`http://${address}`), nextHeaders);
}
