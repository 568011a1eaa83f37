import type { ChannelOptions } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import type { ServeOptions } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { StartError } from "./start-error.js";

/** Both sides of a transport. */
export interface Transport {
  readonly server: NonNullable<ServeOptions["transport"]>;
  readonly client: NonNullable<ChannelOptions["transport"]>;
}

/** Makes the transport of this name. Throws a {@link StartError} for an unknown name. */
export function createTransport(name: string): Transport {
  const make = TRANSPORTS[name];
  if (make === undefined) throw new StartError(`there is no transport "${name}"`);
  return make();
}

/** The transports that `--transport` and TRANSPORT select, by name. */
export const TRANSPORTS: Readonly<Record<string, () => Transport>> = {
  wire: () => ({ server: wireServer(), client: wireClient() }),
  "grpc-js": () => ({ server: grpcJsServer(), client: grpcJsClient() }),
};
