import type { ConnectionOptions as TlsConnectOptions } from "node:tls";
import { MisuseError } from "@tightwire/core";
import {
  type Capabilities,
  type ClientTransport,
  checkTime,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";
import { type Limits, resolveLimits } from "../session/limits.js";
import { TLS_CIPHERS } from "../tls/ciphers.js";
import type { ClientTlsOptions } from "../tls/options.js";
import { readPem } from "../tls/pem.js";
import { connect } from "./connect.js";

export type { Limits } from "../session/limits.js";

/** Settings of the wire's client transport; all optional. */
export interface WireOptions {
  /**
   * TLS to the server: `true` for the defaults. Default: cleartext, with prior knowledge of HTTP/2.
   */
  readonly tls?: boolean | ClientTlsOptions;
  /**
   * A connection that was silent for so long gets a PING, in milliseconds, also while it is idle;
   * one whose server does not acknowledge it is closed. Doubled when a server finds them too many,
   * as many do below 300,000. Default `Infinity`: only a server that does not respond to calls gets
   * PINGs.
   */
  readonly keepaliveMs?: number;
  /** How long the acknowledgement of that PING may take, in milliseconds. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** What servers may make a connection hold, do or wait for. */
  readonly limits?: Partial<Limits>;
}

const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};

/**
 * The client transport of this package: HTTP/2 for gRPC, on sockets of TCP, TLS and files. Throws
 * at once for an unknown option or bound, a PEM file that cannot be read, or half a client
 * certificate.
 */
export function wire(options: WireOptions = {}): ClientTransport {
  refuseUnknownOptions("wire", options, ["tls", "keepaliveMs", "keepaliveTimeoutMs", "limits"]);
  checkTime("keepaliveMs", options.keepaliveMs);
  checkTime("keepaliveTimeoutMs", options.keepaliveTimeoutMs);
  let { keepaliveMs = Number.POSITIVE_INFINITY } = options;
  const { keepaliveTimeoutMs = 20_000 } = options;
  const limits = resolveLimits(options.limits);
  const tls = tlsOptions(options.tls);
  return {
    name: "wire",
    capabilities: CAPABILITIES,
    connect: (endpoint, connectOptions) =>
      connect(endpoint, connectOptions, {
        tls,
        session: { limits, keepaliveMs, keepaliveTimeoutMs, firstStreamId: 1 },
        tooManyPings: () => {
          keepaliveMs *= 2;
        },
      }),
  };
}

function tlsOptions(tls: WireOptions["tls"]): TlsConnectOptions | undefined {
  if (tls === undefined || tls === false) return undefined;
  const base: TlsConnectOptions = {
    ALPNProtocols: ["h2"],
    minVersion: "TLSv1.2",
    ciphers: TLS_CIPHERS,
  };
  if (tls === true) return base;
  refuseUnknownOptions("wire({ tls })", tls, ["ca", "certificate", "key", "serverName"]);
  const { ca, certificate, key, serverName } = tls;
  if ((certificate === undefined) !== (key === undefined))
    throw new MisuseError(
      "TW_INVALID_OPTION",
      "tls.certificate and tls.key must be given together",
    );
  return {
    ...base,
    ...(ca === undefined ? {} : { ca: readPem("tls.ca", ca) }),
    ...(certificate === undefined ? {} : { cert: readPem("tls.certificate", certificate) }),
    ...(key === undefined ? {} : { key: readPem("tls.key", key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
