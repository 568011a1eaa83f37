import { type CancelOrderResponse, OrderStatus, type OrdersHandlers } from "@shop/contracts/orders";
import { unknownOrder } from "./find-order.js";
import { type OrdersParts, releaseDue } from "./releases.js";

/** Makes the errors that CancelOrder declares. */
type CancelErrors = Parameters<OrdersHandlers["cancelOrder"]>[1]["errors"];

/**
 * Handles CancelOrder. The order is cancelled at once. Its stock is released now, or when the
 * catalog responds again.
 */
export async function cancelOrder(
  parts: OrdersParts,
  id: string,
  errors: CancelErrors,
): Promise<CancelOrderResponse> {
  const stored = await parts.store.cancel(id);
  if (stored === undefined) throw unknownOrder(errors, id);
  if (stored.order.status !== OrderStatus.ORDER_STATUS_CANCELLED)
    throw errors.tooLateToCancel(`order ${id} was rejected, so there is nothing to cancel`);
  await releaseDue(parts, id);
  return { order: stored.order };
}
