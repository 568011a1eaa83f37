import type { CatalogClient } from "@shop/contracts/catalog";
import type { Logger } from "@tightwire/core";
import type { OrderStore } from "./order-store.js";

/** What placing, cancelling and repairing orders need. */
export interface OrdersParts {
  readonly catalog: CatalogClient;
  readonly store: OrderStore;
  readonly logger: Logger;
}

const RELEASE_TIMEOUT_MS = 1_000;

/**
 * Lets the catalog release the reservations that are due, of one order or of all. What fails stays
 * due for the next repair, so this never rejects because of the catalog.
 */
export async function releaseDue(
  { catalog, store, logger }: OrdersParts,
  orderId?: string,
): Promise<void> {
  try {
    for (const reservationId of await store.findDueReleases(orderId)) {
      // Detached: the stock must be released even when the call around this has finished.
      await catalog.releaseStock(
        { reservationId },
        { detached: true, timeoutMs: RELEASE_TIMEOUT_MS },
      );
      await store.completeRelease(reservationId);
    }
  } catch (error) {
    logger.warn({ orderId, error: String(error) }, "stock could not be released yet");
  }
}
