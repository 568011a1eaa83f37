import { type Kysely, type Migration, Migrator } from "kysely";

/**
 * Runs the migrations that the schema lacks, in the order of their names, all in one transaction.
 * Kysely's migrator takes an advisory lock on PostgreSQL, so that instances that start together run
 * them once.
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  schema: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: schema,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
