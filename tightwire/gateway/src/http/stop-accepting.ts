import type { Server } from "node:http";
import { Server as NetServer } from "node:net";

/**
 * Stops accepting connections. Resolves when all connections are closed.
 *
 * This is a trick: it calls the `close` of `net.Server`, not that of `http.Server`. The latter
 * first destroys every connection that Node considers idle, and Node considers a connection idle as
 * soon as its response was written, although most of the response may still wait for the client.
 * Call `server.close` afterwards: it stops Node's check for stale connections. The test of this
 * file fails when Node changes either method.
 */
export function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}
