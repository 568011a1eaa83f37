import {
  type CommonSettings,
  type Environment,
  readAddress,
  readCommonSettings,
} from "../settings.js";

/** What the catalog's process is told. */
export interface CatalogConfig extends CommonSettings {
  /** CATALOG_ADDRESS: where it listens. Default 127.0.0.1:50051. */
  readonly address: string;
}

/**
 * Reads it from the environment and the command line. Throws a StartError that names what is wrong.
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
