/**
 * The wire over connections of bytes that are no sockets, such as those of a simulated network. Not
 * for users of services.
 */
import type { ClientTransport, ServerTransport } from "@tightwire/core/runtime";
import { type ClientConnectionOptions, clientTransport } from "../client/client-transport.js";
import type { Dial } from "../client/dial.js";
import type { Listen } from "../server/listen.js";
import { type ServerConnectionOptions, serverTransport } from "../server/server-transport.js";
import { ProcessAccount } from "../session/process-account.js";

export type { ClientConnectionOptions } from "../client/client-transport.js";
export type { Dial, Dialed, DialListener } from "../client/dial.js";
export type { Listen, Listening } from "../server/listen.js";
export type { ServerConnectionOptions } from "../server/server-transport.js";
export type { ByteConnection, ByteReader } from "../session/byte-connection.js";
export type { ByteTransport } from "../session/byte-transport.js";

/** A client transport over connections that `dial` opens. Its memory is counted for itself. */
export function wireClientOver(dial: Dial, options: ClientConnectionOptions = {}): ClientTransport {
  return clientTransport({ dial, secure: false, process: new ProcessAccount() }, options);
}

/** A server transport for connections that `listen` gives. Its memory is counted for itself. */
export function wireServerOver(
  listen: Listen,
  options: ServerConnectionOptions = {},
): ServerTransport {
  return serverTransport({ listen, process: new ProcessAccount() }, options);
}
