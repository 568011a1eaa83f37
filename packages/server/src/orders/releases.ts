import type { CatalogClient } from "@shop/contracts/catalog";
import type { Logger } from "@tightwire/core";
import type { OrderStore } from "./order-store.js";

/** What placing, cancelling and repairing orders works with. */
export interface OrdersParts {
  readonly catalog: CatalogClient;
  readonly store: OrderStore;
  readonly logger: Logger;
}

const RELEASE_TIMEOUT_MS = 1_000;

/**
 * Has the catalog release what is due: of one order, or of all. What fails stays due and is tried
 * again by the next repair, so this never rejects for want of the catalog.
 */
export async function releaseDue(
  { catalog, store, logger }: OrdersParts,
  orderId?: string,
): Promise<void> {
  try {
    for (const reservationId of await store.findDueReleases(orderId)) {
      // Detached: the call that this belongs to may be over, and the stock has to come back
      // nevertheless.
      await catalog.releaseStock(
        { reservationId },
        { detached: true, timeoutMs: RELEASE_TIMEOUT_MS },
      );
      await store.settleRelease(reservationId);
    }
  } catch (error) {
    logger.warn({ orderId, error: String(error) }, "stock could not be given back yet");
  }
}
