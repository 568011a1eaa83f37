import type { NextHeaders } from "../../headers.js";
import type { PeerClient } from "../../peer.js";
import { connectClient as connectToFastify } from "../fastify-http1/client.js";

/** As `fastify-http1` is called; the proxy that is written by hand has no streams. */
export async function connectClient(
  address: string | undefined,
  nextHeaders: NextHeaders,
): Promise<PeerClient> {
  const client = await connectToFastify(address, nextHeaders);
  return {
    ...client,
    watch: () =>
      Promise.reject(new Error("the proxy passes no streams on: it cannot do the case watch")),
  };
}
