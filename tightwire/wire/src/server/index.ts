import type { TlsOptions } from "node:tls";
import {
  type Capabilities,
  checkTime,
  refuseUnknownOptions,
  type ServerTransport,
  timerMs,
} from "@tightwire/core/runtime";
import { type Limits, resolveLimits } from "../session/limits.js";
import { TLS_CIPHERS } from "../tls/ciphers.js";
import type { ServerTlsOptions } from "../tls/options.js";
import { readPem } from "../tls/pem.js";
import { WireListener } from "./listener.js";

export type { Limits } from "../session/limits.js";

/** Settings of the wire's server transport; all optional. */
export interface WireOptions {
  /** TLS, and mutual TLS with `clientCa`. Default: cleartext, with prior knowledge of HTTP/2. */
  readonly tls?: ServerTlsOptions;
  /** How long a TLS handshake may take, in milliseconds. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * A connection that was silent for so long gets a PING, in milliseconds; one whose client does
   * not answer it is closed. `Infinity` for never. Default 60,000.
   */
  readonly keepaliveMs?: number;
  /** How long the answer to that PING may take, in milliseconds. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** A connection without calls for so long is drained, in milliseconds. Default `Infinity`. */
  readonly maxConnectionIdleMs?: number;
  /**
   * A connection so old is drained, give or take a tenth, so that clients come back to other
   * instances too, in milliseconds. Default `Infinity`.
   */
  readonly maxConnectionAgeMs?: number;
  /**
   * How long calls on such a connection may go on before they are ended, in milliseconds. Default
   * `Infinity`.
   */
  readonly maxConnectionAgeGraceMs?: number;
  /** What clients may make a connection hold, do or wait for. */
  readonly limits?: Partial<Limits>;
}

const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};
const TIMES = [
  "handshakeTimeoutMs",
  "keepaliveMs",
  "keepaliveTimeoutMs",
  "maxConnectionIdleMs",
  "maxConnectionAgeMs",
  "maxConnectionAgeGraceMs",
] as const;
const OPTION_NAMES: readonly string[] = ["tls", "limits", ...TIMES];
const FOREVER: number = Number.POSITIVE_INFINITY;

/**
 * The server transport of this package: HTTP/2 for gRPC, on sockets of TCP, TLS and files. Throws
 * at once for an unknown option or bound, or a PEM file that cannot be read.
 */
export function wire(options: WireOptions = {}): ServerTransport {
  refuseUnknownOptions("wire", options, OPTION_NAMES);
  for (const name of TIMES) checkTime(name, options[name]);
  const tls = tlsOptions(options.tls, options.handshakeTimeoutMs ?? 10_000);
  const sessionOptions = {
    limits: resolveLimits(options.limits),
    keepaliveMs: options.keepaliveMs ?? 60_000,
    keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? 20_000,
    maxIdleMs: options.maxConnectionIdleMs ?? FOREVER,
    maxAgeMs: options.maxConnectionAgeMs ?? FOREVER,
    maxAgeGraceMs: options.maxConnectionAgeGraceMs ?? FOREVER,
  };
  return {
    name: "wire",
    capabilities: CAPABILITIES,
    listen: (address, acceptor) => WireListener.listen(address, acceptor, tls, sessionOptions),
  };
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
