import type { TlsOptions } from "node:tls";
import {
  checkArgument,
  checkTime,
  refuseUnknownOptions,
  type ServerTransport,
  timerMs,
} from "@tightwire/core/runtime";
import { ProcessAccount } from "../session/process-account.js";
import { TLS_CIPHERS } from "../tls/ciphers.js";
import type { ServerTlsOptions } from "../tls/options.js";
import { readPem } from "../tls/pem.js";
import { type ServerConnectionOptions, serverTransport } from "./server-transport.js";
import { listenSocket } from "./socket-listen.js";

export type { Limits } from "../session/limits.js";

/** Settings of the wire's server transport; all optional. */
export interface WireOptions extends ServerConnectionOptions {
  /** TLS, and mutual TLS with `clientCa`. Default: cleartext, with prior knowledge of HTTP/2. */
  readonly tls?: ServerTlsOptions;
  /** How long a TLS handshake may take, in milliseconds. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
}

/** What clients make this process hold, over all its listeners. */
const SERVER_CONNECTIONS: ProcessAccount = new ProcessAccount();

/**
 * The server transport of this package: HTTP/2 for gRPC, on sockets of TCP, TLS and files. Throws
 * at once for an unknown option or bound, or a PEM file that cannot be read.
 */
export function wire(options: WireOptions = {}): ServerTransport {
  checkArgument("the options of wire", options, "object");
  checkTime("handshakeTimeoutMs", options.handshakeTimeoutMs);
  const tls = tlsOptions(options.tls, options.handshakeTimeoutMs ?? 10_000);
  const parts = { listen: listenSocket(tls), process: SERVER_CONNECTIONS };
  return serverTransport(parts, options, ["tls", "handshakeTimeoutMs"]);
}

function tlsOptions(
  tls: ServerTlsOptions | undefined,
  handshakeTimeout: number,
): (TlsOptions & { handshakeTimeout: number }) | undefined {
  if (tls === undefined) return undefined;
  refuseUnknownOptions("wire({ tls })", tls, ["certificate", "key", "clientCa"]);
  const client =
    tls.clientCa === undefined
      ? {}
      : { ca: readPem("tls.clientCa", tls.clientCa), requestCert: true, rejectUnauthorized: true };
  return {
    cert: readPem("tls.certificate", tls.certificate),
    key: readPem("tls.key", tls.key),
    ...client,
    ALPNProtocols: ["h2"],
    minVersion: "TLSv1.2",
    ciphers: TLS_CIPHERS,
    handshakeTimeout: timerMs(handshakeTimeout),
  };
}
