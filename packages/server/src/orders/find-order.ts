import { checkId } from "../requests/checks.js";
import { notFound } from "../requests/not-found.js";
import { createViolations } from "../requests/violations.js";
import type { OrderReader } from "./order-reader.js";
import type { StoredOrder } from "./order-row.js";

/** What orders are called in errors. */
export const ORDER = "shop.orders.v1/Order";

/**
 * The order of an id that a request names: INVALID_ARGUMENT when it cannot be one, NOT_FOUND when
 * there is none.
 */
export async function findOrder(store: OrderReader, id: string): Promise<StoredOrder> {
  checkOrderId(id);
  const stored = await store.find(id);
  if (stored === undefined) throw notFound(ORDER, [id]);
  return stored;
}

/** INVALID_ARGUMENT when an id cannot be an order's. */
export function checkOrderId(id: string): void {
  const violations = createViolations();
  checkId(violations, "id", id);
  violations.throwIfAny();
}
