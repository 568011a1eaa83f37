import { type Kysely, type Migration, sql } from "kysely";

/**
 * Text that sorts by its bytes, so that the order is the same on every engine and in every locale.
 * Page tokens rely on it.
 */
const bytewise = sql`text collate "C"`;

async function createProducts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("product")
    .addColumn("id", bytewise, (column) => column.primaryKey())
    .addColumn("title", bytewise, (column) => column.notNull())
    .addColumn("title_folded", "text", (column) => column.notNull())
    .addColumn("release_date", "date")
    .addColumn("genre", "text", (column) => column.notNull())
    .addColumn("mpaa_rating", "integer", (column) => column.notNull())
    .addColumn("distributor", "text", (column) => column.notNull())
    .addColumn("director", "text", (column) => column.notNull())
    .addColumn("running_time_minutes", "integer")
    .addColumn("us_gross", "bigint")
    .addColumn("worldwide_gross", "bigint")
    .addColumn("production_budget", "bigint")
    .addColumn("imdb_rating", "double precision")
    .addColumn("imdb_votes", "integer")
    .addColumn("rotten_tomatoes_rating", "integer")
    .addColumn("price_cents", "bigint", (column) => column.notNull().check(sql`price_cents > 0`))
    .addColumn("stock", "integer", (column) => column.notNull().check(sql`stock >= 0`))
    .addColumn("stock_revision", "integer", (column) => column.notNull())
    .addColumn("stock_time", "timestamptz", (column) => column.notNull())
    .addColumn("create_time", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("product_listing").on("product").columns(["title", "id"]).execute();
}

async function createReservations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("reservation")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("create_time", "timestamptz", (column) => column.notNull())
    .addColumn("release_time", "timestamptz")
    .execute();
  await db.schema
    .createTable("reservation_line")
    .addColumn("reservation_id", "text", (column) => column.notNull().references("reservation.id"))
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("product_id", "text", (column) => column.notNull().references("product.id"))
    .addColumn("quantity", "integer", (column) => column.notNull().check(sql`quantity > 0`))
    .addPrimaryKeyConstraint("reservation_line_key", ["reservation_id", "position"])
    .execute();
}

/**
 * The versions of the catalog's tables. A released version is never changed; a new one follows it.
 */
export const catalogMigrations: Readonly<Record<string, Migration>> = {
  "001_products": { up: createProducts },
  "002_reservations": { up: createReservations },
};
