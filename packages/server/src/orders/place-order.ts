import { randomUUID } from "node:crypto";
import {
  OrderStatus,
  type OrdersHandlers,
  type PlaceOrderRequest,
  type PlaceOrderResponse,
} from "@shop/contracts/orders";
import type { RpcError } from "@tightwire/core";
import { checkOrder } from "./check-order.js";
import { type CheckedOrder, fingerprintOf } from "./new-order.js";
import type { Refusal, StoredOrder } from "./order-row.js";
import { completeOrder } from "./placement.js";
import { priceLines } from "./prices.js";
import type { OrdersParts } from "./releases.js";

/** Makes the errors that PlaceOrder declares. */
type PlaceErrors = Parameters<OrdersHandlers["placeOrder"]>[1]["errors"];

/**
 * Handles PlaceOrder: records the order as pending, then completes it. A known request id continues
 * with its order.
 */
export async function placeOrder(
  parts: OrdersParts,
  request: PlaceOrderRequest,
  errors: PlaceErrors,
): Promise<PlaceOrderResponse> {
  const checked = checkOrder(request);
  const fingerprint = fingerprintOf(checked);
  const stored =
    (await parts.store.findByRequest(checked.requestId)) ??
    (await record(parts, checked, fingerprint, errors));
  if (stored.fingerprint !== fingerprint)
    throw errors.requestIdTaken(`request id "${checked.requestId}" was used for another order`);
  const { order, refusals } = await completeOrder(parts, stored);
  if (order.status === OrderStatus.ORDER_STATUS_REJECTED)
    throw rejected(errors, order.id, refusals);
  return { order };
}

async function record(
  { catalog, store }: OrdersParts,
  checked: CheckedOrder,
  fingerprint: string,
  errors: PlaceErrors,
): Promise<StoredOrder> {
  const lines = await priceLines(catalog, checked.lines, errors);
  return store.record({ ...checked, id: randomUUID(), fingerprint, lines });
}

function rejected(errors: PlaceErrors, orderId: string, products: readonly Refusal[]): RpcError {
  const text = products.map(({ productId, reason }) => `${productId}: ${reason}`).join("; ");
  return errors.outOfStock({ orderId, products }, `order ${orderId} was rejected: ${text}`);
}
