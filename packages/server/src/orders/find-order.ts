import { checkId } from "../requests/checks.js";
import { notFound } from "../requests/not-found.js";
import { createViolations } from "../requests/violations.js";
import type { OrderReader } from "./order-reader.js";
import type { StoredOrder } from "./order-row.js";

/** The name of orders in errors. */
export const ORDER = "shop.orders.v1/Order";

/**
 * The order with a request's id. INVALID_ARGUMENT for an invalid id, NOT_FOUND for an unknown one.
 */
export async function findOrder(store: OrderReader, id: string): Promise<StoredOrder> {
  checkOrderId(id);
  const stored = await store.find(id);
  if (stored === undefined) throw notFound(ORDER, [id]);
  return stored;
}

/** INVALID_ARGUMENT for an id that no order can have. */
export function checkOrderId(id: string): void {
  const violations = createViolations();
  checkId(violations, "id", id);
  violations.throwIfAny();
}
