import { resolve } from "node:path";
import { Kysely, type Migration, PostgresDialect, sql, type Transaction } from "kysely";
import { migrate } from "./migrate.js";
import type { Notifications } from "./notifications.js";
import { openPglite } from "./pglite.js";
import { openPostgres } from "./postgres.js";

/** Where a service keeps its rows, and how. */
export interface DatabaseOptions {
  /** The service: its folder under `dataDir` on PGlite. */
  readonly name: string;
  /**
   * Schema that holds the service's tables, so that two services can share a PostgreSQL. Default
   * `shop_<name>`.
   */
  readonly schema?: string;
  /**
   * Folder of all services' data. Default `./data`. `memory://` keeps the rows in memory, for
   * tests.
   */
  readonly dataDir?: string;
  /** A PostgreSQL to use instead of PGlite: `postgres://user:password@host:port/database`. */
  readonly url?: string;
  /**
   * The versions of the tables, in the order of their names. Opening the database runs those that
   * it lacks.
   */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Called when a connection in the background closes or is back. Default: not reported. */
  readonly onTrouble?: (message: string, error?: unknown) => void;
}

/** An open database. */
export interface Database<Tables> {
  readonly db: Kysely<Tables>;
  readonly engine: "pglite" | "postgresql";
  /** For people: the folder, or host and database. Never contains a password. */
  readonly location: string;
  readonly notifications: Notifications;
  /** Notifies the listeners of every instance once `transaction` commits. */
  notify(transaction: Transaction<Tables>, payloads: readonly string[]): Promise<void>;
  /** Waits for running queries, then closes the connections and releases the folder. */
  close(): Promise<void>;
}

/**
 * Opens a service's database (PGlite in a folder, or PostgreSQL when there is a `url`) and brings
 * its tables up to date. Throws a StartError that names the folder or the variable when that cannot
 * be done.
 */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<Database<Tables>> {
  const schema = options.schema ?? `shop_${options.name}`;
  const onTrouble = options.onTrouble ?? (() => {});
  const engine =
    options.url === undefined
      ? await openPglite(dataFolder(options), schema)
      : await openPostgres({ url: options.url, name: options.name, channel: schema, onTrouble });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: engine.pool }) }).withSchema(
    schema,
  );
  // Started even when no query runs: destroy() of a kysely that was never used leaves the pool
  // open.
  const close = async () => {
    await db.destroy();
    await engine.close();
  };
  try {
    await migrate(db, schema, options.migrations);
  } catch (error) {
    await close();
    throw error;
  }
  const notify = async (transaction: Transaction<Tables>, payloads: readonly string[]) => {
    if (payloads.length === 0) return;
    await sql`select pg_notify(${schema}, payload) from unnest(${payloads}::text[]) as payload`.execute(
      transaction,
    );
  };
  return {
    db,
    engine: engine.kind,
    location: engine.location,
    notifications: engine.notifications,
    notify,
    close,
  };
}

function dataFolder(options: DatabaseOptions): string {
  const dataDir = options.dataDir ?? "./data";
  return dataDir.startsWith("memory://") ? dataDir : resolve(dataDir, options.name);
}
