import { type CancelOrderResponse, OrderStatus } from "@shop/contracts/orders";
import { detail, RpcError } from "@tightwire/core";
import { PreconditionFailure } from "@tightwire/core/details";
import { notFound } from "../requests/not-found.js";
import { checkOrderId, ORDER } from "./find-order.js";
import { type OrdersParts, releaseDue } from "./releases.js";

/**
 * Handles CancelOrder. The order is cancelled at once. Its stock is released now, or when the
 * catalog responds again.
 */
export async function cancelOrder(parts: OrdersParts, id: string): Promise<CancelOrderResponse> {
  checkOrderId(id);
  const stored = await parts.store.cancel(id);
  if (stored === undefined) throw notFound(ORDER, [id]);
  if (stored.order.status !== OrderStatus.ORDER_STATUS_CANCELLED) throw tooLate(id);
  await releaseDue(parts, id);
  return { order: stored.order };
}

function tooLate(id: string): RpcError {
  const description = "was rejected, so there is nothing to cancel";
  return new RpcError("failed_precondition", `order ${id} ${description}`, {
    details: [
      detail(PreconditionFailure, { violations: [{ type: "STATUS", subject: id, description }] }),
    ],
  });
}
