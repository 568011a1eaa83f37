/**
 * The wire over connections of bytes that are no sockets, such as those of a simulated network. Not
 * for users of services.
 */
import type { Peer } from "@tightwire/core";
import type { ClientTransport, Listener, ServerTransport } from "@tightwire/core/runtime";
import { type ClientConnectionOptions, clientTransport } from "../client/client-transport.js";
import type { Dial } from "../client/dial.js";
import type { ServerConnections } from "../server/connections.js";
import { type ServerConnectionOptions, serverTransport } from "../server/server-transport.js";
import type { ByteConnection } from "../session/byte-connection.js";
import { ProcessAccount } from "../session/process-account.js";

export type { ClientConnectionOptions } from "../client/client-transport.js";
export type { Dial, Dialed, DialListener } from "../client/dial.js";
export type { ServerConnectionOptions } from "../server/server-transport.js";
export type { ByteConnection, ByteReader } from "../session/byte-connection.js";
export type { ByteTransport } from "../session/byte-transport.js";

/** Gives a server the connections that come to an address. */
export interface ByteListener {
  /** Where it listens, with the port that was chosen. */
  readonly address: string;
  /** Takes no more connections; those that are open stay. */
  close(): void;
}

/** Begins to listen; throws or rejects with an Error whose message says why it cannot. */
export type ByteListen = (
  address: string,
  accepted: (connection: ByteConnection, peer: Peer) => void,
) => ByteListener | Promise<ByteListener>;

/** A client transport over connections that `dial` opens. Its memory is counted for itself. */
export function wireClientOver(dial: Dial, options: ClientConnectionOptions = {}): ClientTransport {
  return clientTransport({ dial, secure: false, process: new ProcessAccount() }, options);
}

/** A server transport for connections that `listen` gives. Its memory is counted for itself. */
export function wireServerOver(
  listen: ByteListen,
  options: ServerConnectionOptions = {},
): ServerTransport {
  const parts = {
    listen: (address: string, connections: ServerConnections) =>
      listenOver(listen, address, connections),
    process: new ProcessAccount(),
  };
  return serverTransport(parts, options);
}

async function listenOver(
  listen: ByteListen,
  address: string,
  connections: ServerConnections,
): Promise<Listener> {
  let closing = false;
  const listener = await listen(address, (connection, peer) => {
    if (closing) connection.transport.destroy();
    else connections.open(connection, peer);
  });
  const closeNow = (): Promise<void> => {
    closing = true;
    listener.close();
    connections.close();
    return Promise.resolve();
  };
  return {
    address: listener.address,
    async drain(graceMs) {
      closing = true;
      listener.close();
      await connections.drain(graceMs);
      await closeNow();
    },
    closeNow,
    limits: () => connections.limits(),
  };
}
