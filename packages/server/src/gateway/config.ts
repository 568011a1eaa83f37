import {
  type CommonSettings,
  type Environment,
  read,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** Settings of the gateway's process. */
export interface GatewayConfig extends CommonSettings {
  /** GATEWAY_ADDRESS: where it listens. Default 127.0.0.1:8080. */
  readonly address: string;
  /** CATALOG_TARGET: where the catalog is. Default 127.0.0.1:50051. */
  readonly catalogTarget: string;
  /** ORDERS_TARGET: where orders is. Default 127.0.0.1:50052. */
  readonly ordersTarget: string;
  /** CORS_ORIGINS: the origins whose pages may call, comma-separated. Default none. */
  readonly corsOrigins: readonly string[];
}

/**
 * Reads the settings from the environment and the command line. Throws a StartError that names the
 * invalid variable or flag.
 */
export function readGatewayConfig(
  env: Environment = process.env,
  args: readonly string[] = process.argv.slice(2),
): GatewayConfig {
  return {
    ...readCommonSettings(env, args),
    address: readAddress(env, "GATEWAY_ADDRESS", "127.0.0.1:8080"),
    catalogTarget: read(env, "CATALOG_TARGET") ?? "127.0.0.1:50051",
    ordersTarget: read(env, "ORDERS_TARGET") ?? "127.0.0.1:50052",
    corsOrigins: (read(env, "CORS_ORIGINS") ?? "").split(",").filter((origin) => origin !== ""),
  };
}
