import type { NetConnectOpts, Socket } from "node:net";
import type { ConnectionOptions as TlsConnectOptions } from "node:tls";
import type { Endpoint } from "@tightwire/core/runtime";
import { socketConnection } from "../session/socket-transport.js";
import type { Dial } from "./dial.js";

/** Opens sockets, of TCP and of files; with `tls` over TLS. */
export function dialSocket(tls: TlsConnectOptions | undefined): Dial {
  return (endpoint, listener) => {
    const socket = openSocket(endpoint, tls);
    let finished = false;
    const give = (why: string): void => {
      if (finished) return;
      finished = true;
      listener.failed(why);
    };
    socket.once(tls === undefined ? "connect" : "secureConnect", () => {
      if (finished) return;
      if (tls !== undefined && (socket as { alpnProtocol?: string | false }).alpnProtocol !== "h2")
        return give("the peer does not speak HTTP/2 over TLS");
      finished = true;
      listener.opened(socketConnection(socket));
    });
    socket.on("error", (error: NodeJS.ErrnoException) => give(connectFailure(error)));
    socket.on("close", () => give("the peer closed the connection before it spoke HTTP/2"));
    return {
      busy: (busy) => void (busy ? socket.ref() : socket.unref()),
      destroy() {
        finished = true;
        socket.destroy();
      },
    };
  };
}

function openSocket(endpoint: Endpoint, tls: TlsConnectOptions | undefined): Socket {
  const where = whereOf(endpoint.address);
  // Both are loaded by the first connection that needs them: "node:net" takes a fifth of the time
  // that importing all of this takes, and "node:tls" as long as all of it.
  const { connect: connectNet, isIP } = process.getBuiltinModule("node:net");
  if (tls === undefined) return connectNet({ ...where, noDelay: true });
  const host = endpoint.authority.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const proved = tls.servername ?? host;
  const { checkServerIdentity, connect: connectTls } = process.getBuiltinModule("node:tls");
  // A name is sent along and proved; an address is only proved (RFC 6066), and need not be the one
  // that is connected to.
  const name: TlsConnectOptions =
    isIP(proved) === 0
      ? { servername: proved }
      : {
          servername: "",
          checkServerIdentity: (_host, certificate) => checkServerIdentity(proved, certificate),
        };
  return connectTls({ ...tls, ...where, ...name });
}

function whereOf(address: string): NetConnectOpts {
  if (address.startsWith("unix:")) return { path: address.slice("unix:".length) };
  const colon = address.lastIndexOf(":");
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(address.slice(colon + 1)),
  };
}

/**
 * Node's words for failures that the peer's kind explains; each becomes what a person can act on.
 */
function connectFailure(error: NodeJS.ErrnoException): string {
  if (
    error.message.includes("wrong version number") ||
    error.message.includes("packet length too long")
  )
    return "the peer does not speak TLS";
  return error.message.replace(/\s*\n\s*/g, " ").trim();
}
