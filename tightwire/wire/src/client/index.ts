import type { ConnectionOptions as TlsConnectOptions } from "node:tls";
import { MisuseError } from "@tightwire/core";
import { type ClientTransport, checkArgument, refuseUnknownOptions } from "@tightwire/core/runtime";
import { ProcessAccount } from "../session/process-account.js";
import { TLS_CIPHERS } from "../tls/ciphers.js";
import type { ClientTlsOptions } from "../tls/options.js";
import { readPem } from "../tls/pem.js";
import { type ClientConnectionOptions, clientTransport } from "./client-transport.js";
import { dialSocket } from "./socket-dial.js";

export type { Limits } from "../session/limits.js";

/** Settings of the wire's client transport; all optional. */
export interface WireOptions extends ClientConnectionOptions {
  /**
   * TLS to the server: `true` for the defaults. Default: cleartext, with prior knowledge of HTTP/2.
   */
  readonly tls?: boolean | ClientTlsOptions;
}

/** What servers make this process hold. */
const CLIENT_CONNECTIONS: ProcessAccount = new ProcessAccount();

/**
 * The client transport of this package: HTTP/2 for gRPC, on sockets of TCP, TLS and files. Throws
 * at once for an unknown option or bound, a PEM file that cannot be read, or half a client
 * certificate.
 */
export function wire(options: WireOptions = {}): ClientTransport {
  checkArgument("the options of wire", options, "object");
  const tls = tlsOptions(options.tls);
  const parts = { dial: dialSocket(tls), secure: tls !== undefined, process: CLIENT_CONNECTIONS };
  return clientTransport(parts, options, ["tls"]);
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
