import type { StoredOrder } from "./order-row.js";
import { completeOrder } from "./placement.js";
import { type OrdersParts, releaseDue } from "./releases.js";

/** When orders are repaired. */
export interface RepairOptions {
  /**
   * How long an order may be pending before a repair completes it, in milliseconds. Default
   * 60,000: well past the deadline of PlaceOrder.
   */
  readonly pendingMs?: number;
  /** Pause between two repairs, in milliseconds. Default 30,000. */
  readonly everyMs?: number;
}

/**
 * Completes orders that a crash left pending, and releases the reservations that are due. Never
 * rejects; what fails is logged and left for the next repair.
 */
export async function repairOrders(parts: OrdersParts, pendingMs: number = 60_000): Promise<void> {
  const { store, logger } = parts;
  try {
    for (const pending of await store.findPending(new Date(Date.now() - pendingMs)))
      await repairOrder(parts, pending);
  } catch (error) {
    logger.warn({ error: String(error) }, "cannot read pending orders");
  }
  await releaseDue(parts);
}

/** Completes each order by itself: one that fails does not stop the others. */
async function repairOrder(parts: OrdersParts, pending: StoredOrder): Promise<void> {
  const { id } = pending.order;
  try {
    const { order } = await completeOrder(parts, pending);
    parts.logger.info({ orderId: id, status: order.status }, "a pending order was completed");
  } catch (error) {
    parts.logger.warn(
      { orderId: id, error: String(error) },
      "a pending order could not be completed yet",
    );
  }
}

/**
 * Repairs now, and then at each interval. Returns a function that stops it after the repair that
 * runs.
 */
export function startRepair(
  parts: OrdersParts,
  { pendingMs, everyMs = 30_000 }: RepairOptions = {},
): () => Promise<void> {
  let running = repairOrders(parts, pendingMs);
  const timer = setInterval(() => {
    running = running.then(() => repairOrders(parts, pendingMs));
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
