import { parseArgs } from "node:util";
import { LOG_LEVELS } from "./logging.js";
import { StartError } from "./start-error.js";
import { TRANSPORTS } from "./transports.js";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that all processes of the shop have. */
export interface CommonSettings {
  /** DATA_DIR: folder of PGlite's folders. Default `./data`. */
  readonly dataDir: string;
  /** DATABASE_URL: a PostgreSQL instead of PGlite. Default none. */
  readonly databaseUrl: string | undefined;
  /** LOG_LEVEL: debug, info, warn, error or silent. Default info. */
  readonly logLevel: string;
  /** `--transport`, else TRANSPORT: a name of {@link TRANSPORTS}. Default wire. */
  readonly transport: string;
}

/**
 * Reads the settings that all processes share. Throws a {@link StartError} that names the variable
 * or flag.
 */
export function readCommonSettings(env: Environment, args: readonly string[]): CommonSettings {
  const flag = readTransportFlag(args);
  return {
    dataDir: read(env, "DATA_DIR") ?? "./data",
    databaseUrl: read(env, "DATABASE_URL"),
    logLevel: oneOf("LOG_LEVEL", read(env, "LOG_LEVEL") ?? "info", LOG_LEVELS),
    transport: oneOf(
      flag === undefined ? "TRANSPORT" : "--transport",
      flag ?? read(env, "TRANSPORT") ?? "wire",
      Object.keys(TRANSPORTS),
    ),
  };
}

/**
 * Reads an address to listen at: `host:port` or `unix:/path`. Throws a {@link StartError} that
 * names the variable.
 */
export function readAddress(env: Environment, name: string, fallback: string): string {
  const address = read(env, name) ?? fallback;
  const [, port] = /^(?:\[[^\]]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(address) ?? [];
  if (address.startsWith("unix:/") || (port !== undefined && Number(port) <= 65_535))
    return address;
  throw new StartError(`${name} is "${address}", which is not an address such as ${fallback}`);
}

/** The value of a variable; undefined when it is not set or empty. */
export function read(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new StartError(`${name} is "${value}"; allowed: ${allowed.join(", ")}`);
}

function readTransportFlag(args: readonly string[]): string | undefined {
  try {
    // A package runner may pass its own "--" on.
    return parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: { transport: { type: "string" } },
    }).values.transport;
  } catch (error) {
    throw new StartError(
      `the command line is not understood: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
