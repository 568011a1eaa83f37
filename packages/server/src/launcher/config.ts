import {
  type CommonSettings,
  type Environment,
  read,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** Settings of the launcher. The services read the same variables. */
export interface LauncherConfig extends CommonSettings {
  /** CATALOG_ADDRESS, as the catalog reads it. */
  readonly catalogAddress: string;
  /** ORDERS_ADDRESS, as orders reads it. */
  readonly ordersAddress: string;
  /**
   * CATALOG_TARGET, for orders and the gateway. Default: where the catalog that this launcher
   * starts listens.
   */
  readonly catalogTarget: string | undefined;
  /**
   * ORDERS_TARGET, for the gateway. Default: where the orders that this launcher starts listens.
   */
  readonly ordersTarget: string | undefined;
  readonly env: Environment;
  readonly args: readonly string[];
}

/**
 * Reads the settings from the environment and the command line. Throws a StartError that names the
 * invalid variable or flag.
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
