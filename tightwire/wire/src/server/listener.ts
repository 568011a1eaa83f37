import type { Listener } from "@tightwire/core/runtime";
import type { ServerConnections } from "./connections.js";
import type { Listen } from "./listen.js";

/** Listens, and serves the connections that come. Rejects as `listen` does. */
export async function openListener(
  listen: Listen,
  address: string,
  connections: ServerConnections,
): Promise<Listener> {
  const { clock } = connections.acceptor;
  const accepted: Parameters<Listen>[1] = (connection, peer) => connections.open(connection, peer);
  const listening = await listen(address, accepted, clock);
  const closeNow = (): Promise<void> => {
    listening.close();
    connections.close();
    // Closed connections linger for a moment, so that their clients can read why.
    listening.unref?.();
    return Promise.resolve();
  };
  return {
    address: listening.address,
    async drain(graceMs) {
      listening.close();
      await connections.drain(graceMs);
      await closeNow();
    },
    closeNow,
    limits: () => connections.limits(),
  };
}
