import type { OrderStatus } from "@shop/contracts/orders";
import type { Database } from "../database/index.js";

/** An order. */
export interface OrderTable {
  id: string;
  request_id: string;
  /** Tells whether a second request with this request id asks for the same. */
  fingerprint: string;
  status: OrderStatus;
  /** Counts the changes of `status`. */
  revision: number;
  /**
   * Which reservation is the order's: every attempt to reserve that is given up gets its stock
   * released, and the next has an id of its own.
   */
  attempt: number;
  /** Why the order was rejected, as JSON of `Refusal[]`. */
  refusals: string | null;
  buyer_name: string;
  buyer_email: string;
  buyer_address: string;
  /** All that is kept of a card's number. */
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
 * Reservations whose stock has to be given back: written with the decision, deleted when the
 * catalog has done it.
 */
export interface DueReleaseTable {
  reservation_id: string;
  create_time: Date;
}

/** The tables of orders. `order` is a word of SQL, hence the name. */
export interface OrdersTables {
  placed_order: OrderTable;
  order_line: OrderLineTable;
  due_release: DueReleaseTable;
}

/** The database of orders. */
export type OrdersDatabase = Database<OrdersTables>;
