import { type CommonSettings, type Environment, read, readAddress, readCommonSettings } from "../settings.js";

/** What the launcher is told; the services read the same variables. */
export interface LauncherConfig extends CommonSettings {
  /** CATALOG_ADDRESS, as the catalog reads it. */
  readonly catalogAddress: string;
  /** CATALOG_TARGET, for orders; undefined: wherever the catalog that is started listens. */
  readonly catalogTarget: string | undefined;
  readonly env: Environment;
  readonly args: readonly string[];
}

/** Reads it from the environment and the command line. Throws a StartError that names what is wrong. */
export function readLauncherConfig(env: Environment = process.env, args: readonly string[] = process.argv.slice(2)): LauncherConfig {
  const catalogAddress = readAddress(env, "CATALOG_ADDRESS", "127.0.0.1:50051");
  readAddress(env, "ORDERS_ADDRESS", "127.0.0.1:50052");
  return { ...readCommonSettings(env, args), catalogAddress, catalogTarget: read(env, "CATALOG_TARGET"), env, args };
}
