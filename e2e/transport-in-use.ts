import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import type { ClientTransport, ServerTransport } from "@tightwire/core/runtime";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import type { ClientTlsOptions, ServerTlsOptions } from "@tightwire/wire/tls";

/** What servers of these tests set, whatever the transport. */
export interface ServerSettings {
  readonly tls?: ServerTlsOptions;
  readonly keepaliveMs?: number;
}

/** What clients of these tests set, whatever the transport. */
export interface ClientSettings {
  readonly tls?: boolean | ClientTlsOptions;
  readonly keepaliveMs?: number;
}

/** Both ends of a transport, with the settings that all transports have. */
export interface TransportInUse {
  readonly name: string;
  server(settings?: ServerSettings): ServerTransport;
  client(settings?: ClientSettings): ClientTransport;
}

/**
 * grpc-js waits for the acknowledgement of a PING as long as it was silent before; of the wire's
 * own 20 s no test waits.
 */
function respondedInTime({ keepaliveMs }: { readonly keepaliveMs?: number }): {
  keepaliveTimeoutMs?: number;
} {
  return keepaliveMs === undefined ? {} : { keepaliveTimeoutMs: keepaliveMs };
}

const TRANSPORTS: readonly TransportInUse[] = [
  { name: "grpc-js", server: grpcJsServer, client: grpcJsClient },
  {
    name: "wire",
    server: (settings = {}) => wireServer({ ...settings, ...respondedInTime(settings) }),
    client: (settings = {}) => wireClient({ ...settings, ...respondedInTime(settings) }),
  },
];

/**
 * The transport that this run is about: each file of a behaviour runs once for each of them, in a
 * project of vitest.config.ts. The shop's services read the same variable. Throws in a file that
 * runs once.
 */
export function transportInUse(): TransportInUse {
  const name = process.env["TRANSPORT"];
  const found = TRANSPORTS.find((transport) => transport.name === name);
  if (found === undefined)
    throw new Error(
      `TRANSPORT is ${name}; allowed: ${TRANSPORTS.map((transport) => transport.name).join(", ")}`,
    );
  return found;
}
