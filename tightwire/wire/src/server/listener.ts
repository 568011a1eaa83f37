import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { type Peer, StartError } from "@tightwire/core";
import {
  type Clock,
  certificateIdentity,
  type LimitsReport,
  type Listener,
} from "@tightwire/core/runtime";
import { socketConnection } from "../session/socket-transport.js";
import { readPeerCertificate } from "../tls/peer-certificate.js";
import { parseAddress } from "./address.js";
import type { ServerConnections } from "./connections.js";
import { REFUSAL } from "./preface.js";

/**
 * How many new connections may wait to be accepted. With Node's own 511, a thousand clients that
 * connect at once wait for seconds. The kernel may allow fewer (`net.core.somaxconn`).
 */
const BACKLOG = 4_096;
/** How long a client that is refused may take to read why. */
const REFUSAL_MS = 1_000;
/** A listening socket and its connections. */
export class WireListener implements Listener {
  readonly address: string;
  readonly #server: NetServer;
  readonly #connections: ServerConnections;
  /** Sockets that carry no session yet, or no more. */
  readonly #sockets = new Set<Socket>();
  /** Whether new connections are refused: the server drains, or is closed. */
  #closing = false;

  constructor(server: NetServer, address: string, connections: ServerConnections) {
    this.#server = server;
    this.address = address;
    this.#connections = connections;
  }

  /**
   * Listens, over TLS if there are options for it. Rejects with a {@link StartError} that says why
   * it cannot.
   */
  static async listen(
    address: string,
    tls: (TlsOptions & { readonly handshakeTimeout: number }) | undefined,
    connections: ServerConnections,
  ): Promise<WireListener> {
    const where = parseAddress(address);
    // A client of HTTP/1 that half-closes still reads why it was refused. Not over TLS: Node tells
    // nobody of a FIN before the handshake has ended, and closes the socket without `allowHalfOpen`
    // alone.
    const server =
      tls === undefined
        ? createNetServer({ allowHalfOpen: true, noDelay: true })
        : createTlsServer(tls);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(address, error)));
      server.listen({ ...where, backlog: BACKLOG }, resolve);
    });
    const listener = new WireListener(server, boundAddress(address, server), connections);
    listener.#accept(tls !== undefined);
    return listener;
  }

  async drain(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#server.close();
    await this.#connections.drain(graceMs);
    await this.closeNow();
  }

  closeNow(): Promise<void> {
    this.#closing = true;
    this.#server.close();
    this.#connections.close();
    // Closed connections linger for a moment, so that their clients can read why.
    for (const socket of this.#sockets) socket.unref();
    return Promise.resolve();
  }

  limits(): LimitsReport {
    return this.#connections.limits();
  }

  #accept(secure: boolean): void {
    this.#server.on("error", () => {}); // of single connections: a server that listens goes on
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {}); // before a session hears of them
      if (!secure) this.#open(socket, networkPeer(socket));
    });
    if (secure)
      this.#server.on("secureConnection", (socket: TLSSocket) => this.#openSecure(socket));
    this.#server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  }

  #openSecure(socket: TLSSocket): void {
    socket.disableRenegotiation();
    if (socket.alpnProtocol !== "h2") return refuseOther(socket, this.#connections.acceptor.clock);
    const certificate = readPeerCertificate(socket.getPeerCertificate());
    const peer = networkPeer(socket);
    this.#open(
      socket,
      certificate === undefined
        ? peer
        : { ...peer, certificate, identity: certificateIdentity(certificate) },
    );
  }

  #open(socket: Socket, peer: Peer): void {
    if (this.#closing) socket.destroy();
    else this.#connections.open(socketConnection(socket), peer);
  }
}

/** Over TLS, HTTP/2 must be agreed on by ALPN. Source: RFC 9113, section 3.2. */
function refuseOther(socket: TLSSocket, clock: Clock): void {
  socket.on("error", () => {});
  socket.end(REFUSAL);
  socket.resume(); // what is read and dropped does not reset the socket before the refusal is read
  clock.setBackgroundTimer(() => socket.destroy(), REFUSAL_MS);
}

function networkPeer(socket: Socket): Peer {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) return { kind: "network", address: "unix:" };
  return {
    kind: "network",
    address: remoteAddress.includes(":")
      ? `[${remoteAddress}]:${remotePort}`
      : `${remoteAddress}:${remotePort}`,
  };
}

function boundAddress(address: string, server: NetServer): string {
  const bound = server.address();
  return bound === null || typeof bound === "string"
    ? address
    : address.replace(/:\d+$/, `:${bound.port}`);
}

function listenError(address: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === "EADDRINUSE")
    return new StartError("TW_ADDRESS_IN_USE", `${address} is in use`, { cause });
  if (cause.code === "EACCES") {
    const message = `this user has no permission to listen at ${address}`;
    return new StartError("TW_ADDRESS_NOT_PERMITTED", message, { cause });
  }
  const message = `cannot listen at ${address}: ${cause.message}`;
  return new StartError("TW_CANNOT_LISTEN", message, { cause });
}
