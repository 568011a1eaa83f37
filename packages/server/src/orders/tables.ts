import type { OrderStatus } from "@shop/contracts/orders";
import type { Database } from "../database/index.js";

/** An order. */
export interface OrderTable {
  id: string;
  request_id: string;
  /** Shows whether a second request with this request id orders the same. */
  fingerprint: string;
  status: OrderStatus;
  /** Counts the changes of `status`. */
  revision: number;
  /**
   * Which reservation is the order's. The stock of a dropped attempt is released, and the next
   * attempt has an id of its own.
   */
  attempt: number;
  /** Why the order was rejected, as JSON of `Refusal[]`. */
  refusals: string | null;
  buyer_name: string;
  buyer_email: string;
  buyer_address: string;
  /** The only digits of a card's number that are stored. */
  card_last_digits: string | null;
  card_expiry_month: number | null;
  card_expiry_year: number | null;
  invoice_reference: string | null;
  total_cents: bigint;
  create_time: Date;
  update_time: Date;
}

/** A line of an order, at the price of that moment. */
export interface OrderLineTable {
  order_id: string;
  position: number;
  product_id: string;
  title: string;
  quantity: number;
  unit_price_cents: bigint;
}

/**
 * Reservations that have to be released: written with the decision, deleted when the catalog has
 * released them.
 */
export interface DueReleaseTable {
  reservation_id: string;
  create_time: Date;
}

/** The tables of orders. `order` is a keyword of SQL, hence the name. */
export interface OrdersTables {
  placed_order: OrderTable;
  order_line: OrderLineTable;
  due_release: DueReleaseTable;
}

/** The database of orders. */
export type OrdersDatabase = Database<OrdersTables>;
