import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Database, type DatabaseOptions, openDatabase } from "./database.js";

/** The PostgreSQL that tests use: TEST_DATABASE_URL, or the usual port of this machine. */
export const TEST_POSTGRES_URL: string =
  process.env["TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

/** Whether the PostgreSQL of the tests responds. */
export async function hasPostgres(): Promise<boolean> {
  const client = new pg.Client({
    connectionString: TEST_POSTGRES_URL,
    connectionTimeoutMillis: 1_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** A schema name that no other test run uses. */
export function randomSchema(): string {
  return `test_${randomBytes(6).toString("hex")}`;
}

/** Drops a schema of {@link randomSchema} and everything in it. */
export async function dropSchema(schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: TEST_POSTGRES_URL });
  await client.connect();
  await client.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`);
  await client.end();
}

/** An engine that a suite runs on. */
export interface TestEngine {
  readonly name: string;
  readonly available: boolean;
  /**
   * Opens a database: an empty one, or the one in `schema` again, as a second instance would.
   */
  open<Tables>(
    migrations: DatabaseOptions["migrations"],
    schema?: string,
  ): Promise<Database<Tables>>;
  /** Drops what {@link TestEngine.open} made. */
  clean(): Promise<void>;
}

/** PGlite in memory, and PostgreSQL in a fresh schema. */
export async function testEngines(): Promise<TestEngine[]> {
  const schemas = new Set<string>();
  return [
    {
      name: "pglite",
      available: true,
      open: (migrations) => openDatabase({ name: "test", dataDir: "memory://", migrations }),
      clean: async () => {},
    },
    {
      name: "postgresql",
      available: await hasPostgres(),
      open(migrations, schema = randomSchema()) {
        schemas.add(schema);
        return openDatabase({ name: "test", schema, url: TEST_POSTGRES_URL, migrations });
      },
      async clean() {
        for (const schema of schemas) await dropSchema(schema);
      },
    },
  ];
}
