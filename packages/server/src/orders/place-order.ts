import { randomUUID } from "node:crypto";
import type { CatalogClient } from "@shop/contracts/catalog";
import {
  type OrderLine,
  OrderStatus,
  type OrdersHandlers,
  type PlaceOrderRequest,
  type PlaceOrderResponse,
} from "@shop/contracts/orders";
import { RpcError } from "@tightwire/core";
import { alreadyExists } from "../requests/not-found.js";
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
    (await record(parts, checked, fingerprint));
  if (stored.fingerprint !== fingerprint)
    throw alreadyExists(
      "shop.orders.v1/PlaceOrderRequest",
      checked.requestId,
      "was used for another order",
    );
  const { order, refusals } = await completeOrder(parts, stored);
  if (order.status === OrderStatus.ORDER_STATUS_REJECTED)
    throw rejected(errors, order.id, refusals);
  return { order };
}

async function record(
  { catalog, store }: OrdersParts,
  checked: CheckedOrder,
  fingerprint: string,
): Promise<StoredOrder> {
  const lines = await findPrices(catalog, checked.lines);
  return store.record({ ...checked, id: randomUUID(), fingerprint, lines });
}

async function findPrices(
  catalog: CatalogClient,
  lines: CheckedOrder["lines"],
): Promise<OrderLine[]> {
  try {
    return await priceLines(catalog, lines);
  } catch (error) {
    // The buyer is told which products are missing.
    if (error instanceof RpcError && error.code === "not_found") throw error.forward();
    throw error;
  }
}

function rejected(errors: PlaceErrors, orderId: string, products: readonly Refusal[]): RpcError {
  const text = products.map(({ productId, reason }) => `${productId}: ${reason}`).join("; ");
  return errors.outOfStock({ orderId, products }, `order ${orderId} was rejected: ${text}`);
}
