import type { NetConnectOpts, Socket } from "node:net";
import type { ConnectionOptions as TlsConnectOptions } from "node:tls";
import {
  type Connection,
  type ConnectionState,
  type ConnectOptions,
  type Endpoint,
  type Status,
  timerMs,
} from "@tightwire/core/runtime";
import { ProcessAccount } from "../session/process-account.js";
import { attach, SocketTransport } from "../session/socket-transport.js";
import { ClientSession } from "./client-session.js";
import { WireConnection } from "./connection.js";
import type { ClientSessionOptions, ClientSessionOwner } from "./session-options.js";

/** What servers make this process hold. */
const CLIENT_CONNECTIONS: ProcessAccount = new ProcessAccount();

/** What the transport decides for all its connections. */
export interface ConnectParts {
  /** Undefined for cleartext. */
  readonly tls: TlsConnectOptions | undefined;
  readonly session: Omit<
    ClientSessionOptions,
    | "scheme"
    | "authority"
    | "process"
    | "maxMessageBytes"
    | "clock"
    | "random"
    | "pingTimeoutMs"
    | "report"
  >;
  /** A server found the PINGs too many. */
  tooManyPings(): void;
}

/**
 * Connects to an endpoint; resolves once the server has shown that it speaks HTTP/2. Rejects with
 * an Error that says in a sentence why it does not.
 */
export function connect(
  endpoint: Endpoint,
  { timeoutMs, maxMessageBytes, clock, random, report, signal }: ConnectOptions,
  parts: ConnectParts,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(endpoint, parts.tls);
    const timer = clock.setTimer(
      () => give(`no connection within ${timeoutMs} ms`),
      timerMs(timeoutMs),
    );
    const leave = (): void => give("the channel was closed");
    signal?.addEventListener("abort", leave);
    let session: ClientSession | undefined;
    let connection: WireConnection | undefined;

    function settle(): void {
      timer.cancel();
      signal?.removeEventListener("abort", leave);
    }
    function give(why: string): void {
      settle();
      socket.destroy();
      reject(new Error(why));
    }
    function handOver(): void {
      if (session?.state !== "ready") return;
      connection = new WireConnection(session, {
        address: endpoint.address,
        protocol: parts.tls === undefined ? "h2c" : "h2",
      });
      resolve(connection);
    }
    const owner: ClientSessionOwner = {
      ready() {
        settle();
        socket.unref(); // until there is a call
        // What came with the server's SETTINGS may say that it goes away.
        queueMicrotask(handOver);
      },
      state(state: ConnectionState, why: Status) {
        if (connection !== undefined) connection.tell(state, why);
        else if (state === "draining") give(why.message);
        else give(notHttp2(why.message, parts.tls !== undefined));
      },
      busy: (busy) => void (busy ? socket.ref() : socket.unref()),
      tooManyPings: () => parts.tooManyPings(),
    };
    socket.once(parts.tls === undefined ? "connect" : "secureConnect", () => {
      if (
        parts.tls !== undefined &&
        (socket as { alpnProtocol?: string | false }).alpnProtocol !== "h2"
      )
        return give("the peer does not speak HTTP/2 over TLS");
      session = new ClientSession(
        new SocketTransport(socket),
        {
          ...parts.session,
          process: CLIENT_CONNECTIONS,
          maxMessageBytes,
          clock,
          random,
          pingTimeoutMs: timeoutMs,
          report,
          scheme: parts.tls === undefined ? "http" : "https",
          authority: endpoint.authority,
        },
        owner,
      );
      attach(socket, session, "the connection was lost");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (session === undefined) give(connectFailure(error));
    });
    socket.on("close", () => {
      if (session === undefined) give("the peer closed the connection before it spoke HTTP/2");
    });
  });
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

function notHttp2(why: string, secure: boolean): string {
  if (
    why.includes("no SETTINGS") ||
    why.includes("PROTOCOL_ERROR") ||
    why.includes("FRAME_SIZE_ERROR")
  ) {
    return secure
      ? "the peer does not speak HTTP/2"
      : "the peer does not speak HTTP/2, or speaks it over TLS only";
  }
  return why === "the connection was lost"
    ? "the peer closed the connection before it spoke HTTP/2"
    : why;
}
