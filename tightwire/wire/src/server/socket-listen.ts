import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { type Peer, StartError } from "@tightwire/core";
import { type Clock, certificateIdentity } from "@tightwire/core/runtime";
import { socketConnection } from "../session/socket-transport.js";
import { readPeerCertificate } from "../tls/peer-certificate.js";
import { parseAddress } from "./address.js";
import type { Listen } from "./listen.js";
import { REFUSAL } from "./preface.js";

/**
 * How many new connections may wait to be accepted. With Node's own 511, a thousand clients that
 * connect at once wait for seconds. The kernel may allow fewer (`net.core.somaxconn`).
 */
const BACKLOG = 4_096;
/** How long a client that is refused may take to read why. */
const REFUSAL_MS = 1_000;

/** Listens at sockets of TCP and of files; with `tls` over TLS. Rejects with a StartError. */
export function listenSocket(
  tls: (TlsOptions & { readonly handshakeTimeout: number }) | undefined,
): Listen {
  return async (address, accepted, clock) => {
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
    const open = new Set<Socket>();
    server.on("error", () => {}); // of single connections: a server that listens goes on
    server.on("connection", (socket: Socket) => {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => {}); // before a session hears of them
      if (tls === undefined) accepted(socketConnection(socket), networkPeer(socket));
    });
    if (tls !== undefined)
      server.on("secureConnection", (socket: TLSSocket) => {
        socket.disableRenegotiation();
        if (socket.alpnProtocol !== "h2") refuseOther(socket, clock);
        else accepted(socketConnection(socket), securePeer(socket));
      });
    server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
    return {
      address: boundAddress(address, server),
      close: () => void server.close(),
      unref() {
        for (const socket of open) socket.unref();
      },
    };
  };
}

/** Over TLS, HTTP/2 must be agreed on by ALPN. Source: RFC 9113, section 3.2. */
function refuseOther(socket: TLSSocket, clock: Clock): void {
  socket.on("error", () => {});
  socket.end(REFUSAL);
  socket.resume(); // what is read and dropped does not reset the socket before the refusal is read
  clock.setBackgroundTimer(() => socket.destroy(), REFUSAL_MS);
}

function securePeer(socket: TLSSocket): Peer {
  const certificate = readPeerCertificate(socket.getPeerCertificate());
  const peer = networkPeer(socket);
  if (certificate === undefined) return peer;
  return { ...peer, certificate, identity: certificateIdentity(certificate) };
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
