import type { ChangeFeed } from "../changes/change-feed.js";
import { createProductStore, type ProductStore } from "./product-store.js";
import { createReservationStore, type ReservationStore } from "./reservation-store.js";
import { createStockFeed, type StockChange } from "./stock.js";
import type { CatalogDatabase } from "./tables.js";

/** What the catalog's handlers need from the database. */
export interface CatalogStore extends ProductStore, ReservationStore {
  readonly stock: ChangeFeed<StockChange>;
}

/** A store on an open database whose migrations are {@link catalogMigrations}. */
export function createCatalogStore(database: CatalogDatabase): CatalogStore {
  return {
    ...createProductStore(database),
    ...createReservationStore(database),
    stock: createStockFeed(database),
  };
}
