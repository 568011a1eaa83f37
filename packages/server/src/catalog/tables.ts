import type { MpaaRating } from "@shop/contracts/catalog";
import type { Database } from "../database/index.js";

/** A product: a film, its price and its stock. */
export interface ProductTable {
  id: string;
  title: string;
  /**
   * The title in lower case, folded by JavaScript: the engines' folding depends on their locale.
   */
  title_folded: string;
  /** `1998-06-12` */
  release_date: string | null;
  genre: string;
  mpaa_rating: MpaaRating;
  distributor: string;
  director: string;
  running_time_minutes: number | null;
  us_gross: bigint | null;
  worldwide_gross: bigint | null;
  production_budget: bigint | null;
  imdb_rating: number | null;
  imdb_votes: number | null;
  rotten_tomatoes_rating: number | null;
  price_cents: bigint;
  stock: number;
  /** Counts the changes of `stock`. */
  stock_revision: number;
  stock_time: Date;
  create_time: Date;
}

/** A reservation. One without lines was released before it was made. */
export interface ReservationTable {
  id: string;
  create_time: Date;
  release_time: Date | null;
}

/** A quantity of one product in a reservation. */
export interface ReservationLineTable {
  reservation_id: string;
  position: number;
  product_id: string;
  quantity: number;
}

/** The catalog's tables. */
export interface CatalogTables {
  product: ProductTable;
  reservation: ReservationTable;
  reservation_line: ReservationLineTable;
}

/** The catalog's database. */
export type CatalogDatabase = Database<CatalogTables>;
