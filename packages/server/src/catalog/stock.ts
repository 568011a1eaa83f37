import type { Change } from "../changes/change.js";
import { type ChangeFeed, createChangeFeed } from "../changes/change-feed.js";
import type { CatalogDatabase } from "./tables.js";

/** The stock of one product (`key`) at one time. */
export interface StockChange extends Change {
  readonly stock: number;
  /** When it changed, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** The columns of a product that make a {@link StockChange}. */
export const STOCK_COLUMNS: readonly ["id", "stock", "stock_revision", "stock_time"] = [
  "id",
  "stock",
  "stock_revision",
  "stock_time",
];

/** A product's columns as a change. */
export function toStockChange(row: {
  id: string;
  stock: number;
  stock_revision: number;
  stock_time: Date;
}): StockChange {
  return {
    key: row.id,
    revision: row.stock_revision,
    stock: row.stock,
    timeMs: row.stock_time.getTime(),
  };
}

/** Every change of stock, by any instance. */
export function createStockFeed({ db, notifications }: CatalogDatabase): ChangeFeed<StockChange> {
  return createChangeFeed(notifications, async (ids) => {
    const rows = await db
      .selectFrom("product")
      .select(STOCK_COLUMNS)
      .where("id", "in", ids)
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []).map(toStockChange);
  });
}
