import type { ChannelOptions } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import type { ServeOptions } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";

/** Both ends of a transport. */
export interface Transport {
  readonly server: NonNullable<ServeOptions["transport"]>;
  readonly client: NonNullable<ChannelOptions["transport"]>;
}

/** What `--transport` and TRANSPORT choose from, by name. */
export const TRANSPORTS: Readonly<Record<string, () => Transport>> = {
  wire: () => ({ server: wireServer(), client: wireClient() }),
  "grpc-js": () => ({ server: grpcJsServer(), client: grpcJsClient() }),
};
