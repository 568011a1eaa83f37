import { notFound } from "../requests/not-found.js";
import type { OrderReader } from "./order-reader.js";
import type { StoredOrder } from "./order-row.js";

/** The name of orders in errors. */
export const ORDER = "shop.orders.v1/Order";

/** The order with a request's id. NOT_FOUND for an unknown one. */
export async function findOrder(store: OrderReader, id: string): Promise<StoredOrder> {
  const stored = await store.find(id);
  if (stored === undefined) throw notFound(ORDER, [id]);
  return stored;
}
