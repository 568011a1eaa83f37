import type {
  ReleaseStockRequest,
  ReleaseStockResponse,
  ReserveStockRequest,
  ReserveStockResponse,
} from "@shop/contracts/catalog";
import { detail, RpcError } from "@tightwire/core";
import { PreconditionFailure } from "@tightwire/core/details";
import { checkLines, checkText, MAX_ID_LENGTH } from "../requests/checks.js";
import { alreadyExists, notFound } from "../requests/not-found.js";
import { createViolations } from "../requests/violations.js";
import { PRODUCT } from "./products.js";
import type { ReservationStore, Shortage } from "./reservation-store.js";

/** The name of reservations in errors. */
const RESERVATION = "shop.catalog.v1/Reservation";

/** Handles ReserveStock. */
export async function reserveStock(
  store: ReservationStore,
  { reservationId, lines }: ReserveStockRequest,
): Promise<ReserveStockResponse> {
  const violations = createViolations();
  checkText(violations, "reservation_id", reservationId, 1, MAX_ID_LENGTH);
  checkLines(violations, "lines", lines);
  violations.throwIfAny();

  const outcome = await store.reserve(reservationId, lines);
  switch (outcome.kind) {
    case "reserved":
      return { reservation: outcome.reservation };
    case "unknown":
      throw notFound(PRODUCT, outcome.productIds);
    case "different":
      throw alreadyExists(RESERVATION, reservationId, "exists with other lines");
    case "released":
      throw releasedAlready(reservationId);
    case "short":
      throw tooLittleStock(outcome.shortages);
  }
}

/** Handles ReleaseStock. */
export async function releaseStock(
  store: ReservationStore,
  { reservationId }: ReleaseStockRequest,
): Promise<ReleaseStockResponse> {
  const violations = createViolations();
  checkText(violations, "reservation_id", reservationId, 1, MAX_ID_LENGTH);
  violations.throwIfAny();
  return { reservation: await store.release(reservationId) };
}

function tooLittleStock(shortages: readonly Shortage[]): RpcError {
  const violations = shortages.map(({ productId, wanted, left }) => ({
    type: "STOCK",
    subject: productId,
    description: `${wanted} wanted, ${left} left`,
  }));
  const text = violations
    .map(({ subject, description }) => `${subject}: ${description}`)
    .join("; ");
  return new RpcError("failed_precondition", `too little stock: ${text}`, {
    details: [detail(PreconditionFailure, { violations })],
  });
}

function releasedAlready(reservationId: string): RpcError {
  const description = "was released; reserve under a new id";
  return new RpcError("failed_precondition", `reservation "${reservationId}" ${description}`, {
    details: [
      detail(PreconditionFailure, {
        violations: [{ type: "RELEASED", subject: reservationId, description }],
      }),
    ],
  });
}
