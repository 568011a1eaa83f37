import type { StoredOrder } from "./order-row.js";
import { settleOrder } from "./placement.js";
import { type OrdersParts, releaseDue } from "./releases.js";

/** When orders are repaired. */
export interface RepairOptions {
  /**
   * How long an order may be pending before somebody else settles it, in milliseconds. Default
   * 60,000: well past the deadline of PlaceOrder.
   */
  readonly pendingMs?: number;
  /** Pause between two repairs, in milliseconds. Default 30,000. */
  readonly everyMs?: number;
}

/**
 * Settles orders that a crash left pending, and has the catalog release what is due. Never rejects;
 * what fails is logged and stays for the next time.
 */
export async function repairOrders(parts: OrdersParts, pendingMs: number = 60_000): Promise<void> {
  const { store, logger } = parts;
  try {
    for (const pending of await store.findPending(new Date(Date.now() - pendingMs)))
      await repairOrder(parts, pending);
  } catch (error) {
    logger.warn({ error: String(error) }, "pending orders could not be looked for");
  }
  await releaseDue(parts);
}

/** One order that cannot be settled keeps no other from it. */
async function repairOrder(parts: OrdersParts, pending: StoredOrder): Promise<void> {
  const { id } = pending.order;
  try {
    const { order } = await settleOrder(parts, pending);
    parts.logger.info({ orderId: id, status: order.status }, "a pending order was settled");
  } catch (error) {
    parts.logger.warn(
      { orderId: id, error: String(error) },
      "a pending order could not be settled yet",
    );
  }
}

/**
 * Repairs now and then again and again. Gives the function that ends it, once the repair that runs
 * is through.
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
