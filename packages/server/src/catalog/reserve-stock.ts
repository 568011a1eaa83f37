import type {
  CatalogHandlers,
  ReleaseStockRequest,
  ReleaseStockResponse,
  ReserveStockRequest,
  ReserveStockResponse,
} from "@shop/contracts/catalog";
import type { RpcError } from "@tightwire/core";
import { checkDistinctProducts } from "../requests/checks.js";
import { createViolations } from "../requests/violations.js";
import { unknownProduct } from "./products.js";
import type { ReservationStore, Shortage } from "./reservation-store.js";

/** Makes the errors that ReserveStock declares. */
type ReserveErrors = Parameters<CatalogHandlers["reserveStock"]>[1]["errors"];

/** Handles ReserveStock. */
export async function reserveStock(
  store: ReservationStore,
  { reservationId, lines }: ReserveStockRequest,
  errors: ReserveErrors,
): Promise<ReserveStockResponse> {
  const violations = createViolations();
  checkDistinctProducts(violations, "lines", lines);
  violations.throwIfAny();

  const outcome = await store.reserve(reservationId, lines);
  switch (outcome.kind) {
    case "reserved":
      return { reservation: outcome.reservation };
    case "unknown":
      throw unknownProduct(errors, outcome.productIds);
    case "different":
      throw errors.reservationTaken(`reservation "${reservationId}" exists with other lines`);
    case "released":
      throw errors.alreadyReleased(
        `reservation "${reservationId}" was released; reserve under a new id`,
      );
    case "short":
      throw tooLittleStock(errors, outcome.shortages);
  }
}

/** Handles ReleaseStock. */
export async function releaseStock(
  store: ReservationStore,
  { reservationId }: ReleaseStockRequest,
): Promise<ReleaseStockResponse> {
  return { reservation: await store.release(reservationId) };
}

function tooLittleStock(errors: ReserveErrors, shortages: readonly Shortage[]): RpcError {
  const text = shortages
    .map(({ productId, wanted, left }) => `${productId}: ${wanted} wanted, ${left} left`)
    .join("; ");
  return errors.tooLittleStock({ shortages }, `too little stock: ${text}`);
}
