import pg from "pg";
import { errorCode, StartError } from "../start-error.js";
import { columnTypes } from "./column-types.js";
import type { Engine } from "./engine.js";
import { listenOnPostgres } from "./postgres-listener.js";

/** Settings of {@link openPostgres}. */
export interface PostgresOptions {
  readonly url: string;
  /** The application's name that the server sees. */
  readonly name: string;
  /** Channel of notifications. */
  readonly channel: string;
  readonly onTrouble: (message: string, error?: unknown) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const POOL_SIZE = 10;

/**
 * Connects to the PostgreSQL behind DATABASE_URL. Throws a StartError that names the variable,
 * never the password, when it cannot.
 */
export async function openPostgres(options: PostgresOptions): Promise<Engine> {
  const where = describeUrl(options.url);
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: `shop-${options.name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    max: POOL_SIZE,
    types: columnTypes,
  });
  // Without a listener, an idle connection that the server closes would crash the process.
  pool.on("error", (error) => options.onTrouble("a database connection failed", error));
  try {
    const listener = await listenOnPostgres({ ...options, connectTimeoutMs: CONNECT_TIMEOUT_MS });
    await pool.query("select 1");
    return {
      kind: "postgresql",
      location: `PostgreSQL ${where}`,
      pool,
      notifications: listener.notifications,
      close: listener.close,
    };
  } catch (error) {
    await pool.end();
    throw new StartError(
      `the database at ${where} (DATABASE_URL) cannot be used: ${reasonOf(error)}`,
    );
  }
}

/** Host, port and database of a URL: the parts that may be printed. */
function describeUrl(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new StartError(
      "DATABASE_URL is not a URL of the form postgres://user:password@host:port/database",
    );
  }
  const { hostname, port, pathname } = new URL(url);
  return `${hostname === "" ? "localhost" : hostname}:${port === "" ? "5432" : port}${pathname}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "unknown host",
  ETIMEDOUT: "it does not respond",
  "28P01": "user or password are wrong",
  "28000": "the user may not connect",
  "3D000": "there is no such database",
  "53300": "it has no connection left",
};

/** pg's own messages may quote the URL and its password, so they are not used. */
function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined) return REASONS[code] ?? `error ${code}`;
  return error instanceof Error && /timeout/.test(error.message)
    ? "it does not respond"
    : "the connection failed";
}
