import { type Kysely, type Migration, sql } from "kysely";

/**
 * Text that sorts by its bytes, so that the order is the same on every engine and in every locale.
 * Page tokens rely on it.
 */
const bytewise = sql`text collate "C"`;

async function createOrders(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("placed_order")
    .addColumn("id", bytewise, (column) => column.primaryKey())
    .addColumn("request_id", "text", (column) => column.notNull().unique())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("status", "integer", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("refusals", "text")
    .addColumn("buyer_name", "text", (column) => column.notNull())
    .addColumn("buyer_email", "text", (column) => column.notNull())
    .addColumn("buyer_address", "text", (column) => column.notNull())
    .addColumn("card_last_digits", "text")
    .addColumn("card_expiry_month", "integer")
    .addColumn("card_expiry_year", "integer")
    .addColumn("invoice_reference", "text")
    .addColumn("total_cents", "bigint", (column) => column.notNull())
    .addColumn("create_time", "timestamptz", (column) => column.notNull())
    .addColumn("update_time", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("placed_order_listing")
    .on("placed_order")
    .columns(["create_time", "id"])
    .execute();
  await db.schema
    .createTable("order_line")
    .addColumn("order_id", "text", (column) => column.notNull().references("placed_order.id"))
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("product_id", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("quantity", "integer", (column) => column.notNull().check(sql`quantity > 0`))
    .addColumn("unit_price_cents", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("order_line_key", ["order_id", "position"])
    .execute();
}

async function createDueReleases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("due_release")
    .addColumn("reservation_id", "text", (column) => column.primaryKey())
    .addColumn("create_time", "timestamptz", (column) => column.notNull())
    .execute();
}

/**
 * The versions of the tables of orders. A released version is never changed; a new one follows it.
 */
export const ordersMigrations: Readonly<Record<string, Migration>> = {
  "001_orders": { up: createOrders },
  "002_due_releases": { up: createDueReleases },
};
