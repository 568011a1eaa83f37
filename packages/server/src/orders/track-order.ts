import { OrderStatus, type TrackOrderResponse } from "@shop/contracts/orders";
import { toTimestamp } from "../timestamp.js";
import { findOrder, type OrderErrors } from "./find-order.js";
import type { OrderStore } from "./order-store.js";

const FINAL: ReadonlySet<OrderStatus> = new Set([
  OrderStatus.ORDER_STATUS_CANCELLED,
  OrderStatus.ORDER_STATUS_REJECTED,
]);

/**
 * Handles TrackOrder, until a final status or until `signal` aborts; then it throws the signal's
 * reason.
 */
export async function* trackOrder(
  store: OrderStore,
  id: string,
  errors: OrderErrors,
  signal: AbortSignal,
): AsyncGenerator<TrackOrderResponse> {
  await findOrder(store, id, errors);
  for await (const { status, timeMs } of store.statuses.watch([id], signal)) {
    yield { id, status, changeTime: toTimestamp(new Date(timeMs)) };
    if (FINAL.has(status)) return;
  }
  signal.throwIfAborted();
}
