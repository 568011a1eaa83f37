import {
  type Connection,
  type ConnectionState,
  type ConnectOptions,
  type Endpoint,
  type Status,
  timerMs,
} from "@tightwire/core/runtime";
import type { ByteConnection } from "../session/byte-connection.js";
import type { ProcessAccount } from "../session/process-account.js";
import { ClientSession } from "./client-session.js";
import { WireConnection } from "./connection.js";
import type { Dial } from "./dial.js";
import type { ClientSessionOptions, ClientSessionOwner } from "./session-options.js";

/** What the transport decides for all its connections. */
export interface ConnectParts {
  readonly dial: Dial;
  /** Whether connections are encrypted. */
  readonly secure: boolean;
  /** What servers make this process hold. */
  readonly process: ProcessAccount;
  readonly session: Pick<
    ClientSessionOptions,
    "limits" | "keepaliveMs" | "keepaliveTimeoutMs" | "firstStreamId"
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
  const { secure } = parts;
  return new Promise((resolve, reject) => {
    const dialed = parts.dial(endpoint, { opened, failed: give });
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
      dialed.destroy();
      reject(new Error(why));
    }
    function handOver(): void {
      if (session?.state !== "ready") return;
      connection = new WireConnection(session, {
        address: endpoint.address,
        protocol: secure ? "h2" : "h2c",
      });
      resolve(connection);
    }
    function opened(bytes: ByteConnection): void {
      const owner: ClientSessionOwner = {
        ready() {
          settle();
          dialed.busy(false); // until there is a call
          // What came with the server's SETTINGS may say that it goes away.
          queueMicrotask(handOver);
        },
        state(state: ConnectionState, why: Status) {
          if (connection !== undefined) connection.tell(state, why);
          else if (state === "draining") give(why.message);
          else give(notHttp2(why.message, secure));
        },
        busy: (busy) => dialed.busy(busy),
        tooManyPings: () => parts.tooManyPings(),
      };
      const options: ClientSessionOptions = {
        ...parts.session,
        process: parts.process,
        maxMessageBytes,
        clock,
        random,
        pingTimeoutMs: timeoutMs,
        report,
        scheme: secure ? "https" : "http",
        authority: endpoint.authority,
      };
      session = new ClientSession(bytes.transport, options, owner);
      bytes.read(session, "the connection was lost");
    }
  });
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
