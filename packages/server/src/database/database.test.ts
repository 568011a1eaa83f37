import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Generated, type Kysely, type Migration, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "../start-error.js";
import { type Database, openDatabase } from "./database.js";
import { dropSchema, randomSchema, TEST_POSTGRES_URL, testEngines } from "./test-database.js";

interface Tables {
  thing: { id: Generated<number>; big: bigint; day: string | null };
}

const migrations: Record<string, Migration> = {
  "001_thing": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("thing")
        .addColumn("id", "serial", (column) => column.primaryKey())
        .addColumn("big", "bigint", (column) => column.notNull())
        .addColumn("day", "date")
        .execute();
    },
  },
};

const engines = await testEngines();
const postgres = engines.some(({ name, available }) => name === "postgresql" && available);

for (const engine of engines) {
  describe.skipIf(!engine.available)(`a database on ${engine.name}`, () => {
    let database: Database<Tables>;
    beforeAll(async () => {
      database = await engine.open<Tables>(migrations);
    }, 30_000);
    afterAll(async () => {
      await database.close();
      await engine.clean();
    });

    it("keeps bigints past 2^53 and days as text", async () => {
      await database.db
        .insertInto("thing")
        .values({ big: 9007199254740993n, day: "1928-01-31" })
        .execute();
      const row = await database.db
        .selectFrom("thing")
        .selectAll()
        .where("day", "is not", null)
        .executeTakeFirstOrThrow();
      expect(row).toMatchObject({ big: 9007199254740993n, day: "1928-01-31" });
    });

    it("rolls a transaction back", async () => {
      const before = await count(database);
      const failing = database.db.transaction().execute(async (transaction) => {
        await transaction.insertInto("thing").values({ big: 1n, day: null }).execute();
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await count(database)).toBe(before);
    });

    it("notifies listeners after the commit, and never of what was rolled back", async () => {
      const heard: string[] = [];
      const stop = database.notifications.listen((payload) => heard.push(payload));
      const rolledBack = database.db.transaction().execute(async (transaction) => {
        await database.notify(transaction, ["lost"]);
        throw new Error("no");
      });
      await expect(rolledBack).rejects.toThrow("no");
      await database.db.transaction().execute(async (transaction) => {
        await database.notify(transaction, ["one", "two"]);
        await sql`select 1`.execute(transaction);
        expect(heard).toEqual([]);
      });
      await expect.poll(() => heard).toEqual(["one", "two"]);
      stop();
    });

    it("gives the SQLSTATE of a violation", async () => {
      const twice = database.db
        .insertInto("thing")
        .values([
          { id: 77, big: 1n, day: null },
          { id: 77, big: 1n, day: null },
        ])
        .execute();
      await expect(twice).rejects.toMatchObject({ code: "23505" });
    });
  });
}

async function count({ db }: Database<Tables>): Promise<unknown> {
  return (
    await db
      .selectFrom("thing")
      .select((e) => e.fn.countAll().as("n"))
      .executeTakeFirstOrThrow()
  ).n;
}

describe("a folder that cannot be used", () => {
  it("is named when part of its path is a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "shop-"));
    const file = join(folder, "file");
    await writeFile(file, "");
    const opening = openDatabase({ name: "catalog", dataDir: file, migrations });
    await expect(opening).rejects.toThrow(
      new StartError(
        `the data folder ${file}/catalog cannot be used: part of its path is a file; set DATA_DIR to a folder that can`,
      ),
    );
    await rm(folder, { recursive: true });
  });
});

describe("a DATABASE_URL that cannot be used", () => {
  const open = (url: string) => openDatabase({ name: "catalog", url, migrations });

  it("is refused when it is no PostgreSQL URL", async () => {
    await expect(open("mysql://u:secret@h/d")).rejects.toThrow(
      /^DATABASE_URL is not a URL of the form postgres:/,
    );
  });

  it("is named without its password when nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await expect(open(`postgres://u:secret@127.0.0.1:${port}/d`)).rejects.toThrow(
      new StartError(
        `the database at 127.0.0.1:${port}/d (DATABASE_URL) cannot be used: nothing listens there`,
      ),
    );
  });

  it.skipIf(!postgres)("is named when there is no such database", async () => {
    const url = new URL(TEST_POSTGRES_URL);
    url.pathname = "/no_such_database";
    await expect(open(url.href)).rejects.toThrow(
      /no_such_database \(DATABASE_URL\) cannot be used: there is no such database$/,
    );
  });
});

describe.skipIf(!postgres)("two instances on one PostgreSQL", () => {
  const schema = randomSchema();
  const open = () =>
    openDatabase<Tables>({ name: "test", schema, url: TEST_POSTGRES_URL, migrations });
  afterAll(() => dropSchema(schema));

  it("migrate once when they start together, and hear each other", async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const heard: string[] = [];
    two.notifications.listen((payload) => heard.push(payload));
    await one.db.transaction().execute((transaction) => one.notify(transaction, ["from one"]));
    await expect.poll(() => heard).toEqual(["from one"]);
    await Promise.all([one.close(), two.close()]);
  });

  it("report a gap after the listening connection was cut, and hear again", async () => {
    const database = await open();
    let gaps = 0;
    const heard: string[] = [];
    database.notifications.onGap(() => gaps++);
    database.notifications.listen((payload) => heard.push(payload));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where query = ${`listen "${schema}"`}`.execute(
      database.db,
    );
    await expect.poll(() => gaps, { timeout: 5_000 }).toBe(1);
    await database.db
      .transaction()
      .execute((transaction) => database.notify(transaction, ["again"]));
    await expect.poll(() => heard).toEqual(["again"]);
    await database.close();
  });
});
