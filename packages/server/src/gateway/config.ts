import {
  type CommonSettings,
  type Environment,
  read,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** The settings of the gateway's process. */
export interface GatewayConfig extends CommonSettings {
  /** GATEWAY_ADDRESS: the address to listen at. Default 127.0.0.1:8080. */
  readonly address: string;
  /** CATALOG_TARGET: the target of the catalog. Default 127.0.0.1:50051. */
  readonly catalogTarget: string;
  /** ORDERS_TARGET: the target of orders. Default 127.0.0.1:50052. */
  readonly ordersTarget: string;
  /** CORS_ORIGINS: the origins whose pages may call, separated by commas. Default none. */
  readonly corsOrigins: readonly string[];
}

/**
 * Reads the settings from the environment and the command line. Throws a StartError that names an
 * invalid setting.
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
