import type { ChannelOptions } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import type { ServeOptions } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import { StartError } from "./start-error.js";

/** Both ends of a transport. */
export interface Transport {
  readonly server: NonNullable<ServeOptions["transport"]>;
  readonly client: NonNullable<ChannelOptions["transport"]>;
}

/** Makes the transport of that name. Throws a {@link StartError} when there is none. */
export function createTransport(name: string): Transport {
  const make = TRANSPORTS[name];
  if (make === undefined) throw new StartError(`there is no transport "${name}"`);
  return make();
}

/** What `--transport` and TRANSPORT choose from, by name. */
export const TRANSPORTS: Readonly<Record<string, () => Transport>> = {
  wire: () => ({ server: wireServer(), client: wireClient() }),
  "grpc-js": () => ({ server: grpcJsServer(), client: grpcJsClient() }),
};
