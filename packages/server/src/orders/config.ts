import {
  type CommonSettings,
  type Environment,
  read,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** Settings of the process of orders. */
export interface OrdersConfig extends CommonSettings {
  /** ORDERS_ADDRESS: where it listens. Default 127.0.0.1:50052. */
  readonly address: string;
  /** CATALOG_TARGET: where the catalog is. Default 127.0.0.1:50051. */
  readonly catalogTarget: string;
}

/**
 * Reads the settings from the environment and the command line. Throws a StartError that names the
 * invalid variable or flag.
 */
export function readOrdersConfig(
  env: Environment = process.env,
  args: readonly string[] = process.argv.slice(2),
): OrdersConfig {
  return {
    ...readCommonSettings(env, args),
    address: readAddress(env, "ORDERS_ADDRESS", "127.0.0.1:50052"),
    catalogTarget: read(env, "CATALOG_TARGET") ?? "127.0.0.1:50051",
  };
}
