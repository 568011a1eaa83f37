import {
  type CommonSettings,
  type Environment,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** Settings of the catalog's process. */
export interface CatalogConfig extends CommonSettings {
  /** CATALOG_ADDRESS: where it listens. Default 127.0.0.1:50051. */
  readonly address: string;
}

/**
 * Reads the settings from the environment and the command line. Throws a StartError that names the
 * invalid variable or flag.
 */
export function readCatalogConfig(
  env: Environment = process.env,
  args: readonly string[] = process.argv.slice(2),
): CatalogConfig {
  return {
    ...readCommonSettings(env, args),
    address: readAddress(env, "CATALOG_ADDRESS", "127.0.0.1:50051"),
  };
}
