import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import type { ClientTransport, ServerTransport } from "@tightwire/core/runtime";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import type { ClientTlsOptions, ServerTlsOptions } from "@tightwire/wire/tls";

/** What a client's transport is made with. */
export interface ClientTransportParts {
  /** Undefined: cleartext. */
  readonly tls: boolean | ClientTlsOptions | undefined;
  /** Whether calls will ask for compression, which grpc-js decides once a connection. */
  readonly compression: boolean;
}

/** A transport, by halves. */
export interface NamedTransport {
  server(tls: ServerTlsOptions | undefined): ServerTransport;
  client(parts: ClientTransportParts): ClientTransport;
}

const TRANSPORTS: Readonly<Record<string, NamedTransport>> = {
  wire: {
    server: (tls) => wireServer(tls === undefined ? {} : { tls }),
    client: ({ tls = false }) => wireClient({ tls }),
  },
  "grpc-js": {
    server: (tls) => grpcJsServer(tls === undefined ? {} : { tls }),
    client: ({ tls = false, compression }) => grpcJsClient({ tls, compression }),
  },
};

/** What `--transport` takes. */
export const TRANSPORT_NAMES: readonly string[] = Object.keys(TRANSPORTS);

/** The transport of that name. Throws an Error that lists the names there are. */
export function findTransport(name: string): NamedTransport {
  const found = TRANSPORTS[name];
  if (found === undefined)
    throw new Error(
      `there is no transport ${JSON.stringify(name)}; there are ${TRANSPORT_NAMES.join(", ")}`,
    );
  return found;
}
