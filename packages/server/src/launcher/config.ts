import {
  type CommonSettings,
  type Environment,
  read,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** What the launcher is told; the services read the same variables. */
export interface LauncherConfig extends CommonSettings {
  /** CATALOG_ADDRESS, as the catalog reads it. */
  readonly catalogAddress: string;
  /** ORDERS_ADDRESS, as orders reads it. */
  readonly ordersAddress: string;
  /**
   * CATALOG_TARGET, for orders and the gateway; undefined: wherever the catalog that is started
   * listens.
   */
  readonly catalogTarget: string | undefined;
  /** ORDERS_TARGET, for the gateway; undefined: wherever the orders that is started listens. */
  readonly ordersTarget: string | undefined;
  readonly env: Environment;
  readonly args: readonly string[];
}

/**
 * Reads it from the environment and the command line. Throws a StartError that names what is wrong.
 */
export function readLauncherConfig(
  env: Environment = process.env,
  args: readonly string[] = process.argv.slice(2),
): LauncherConfig {
  const catalogAddress = readAddress(env, "CATALOG_ADDRESS", "127.0.0.1:50051");
  const ordersAddress = readAddress(env, "ORDERS_ADDRESS", "127.0.0.1:50052");
  readAddress(env, "GATEWAY_ADDRESS", "127.0.0.1:8080");
  const targets = {
    catalogTarget: read(env, "CATALOG_TARGET"),
    ordersTarget: read(env, "ORDERS_TARGET"),
  };
  return { ...readCommonSettings(env, args), catalogAddress, ordersAddress, ...targets, env, args };
}
