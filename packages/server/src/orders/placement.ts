import { CatalogErrors } from "@shop/contracts/catalog";
import { OrderStatus } from "@shop/contracts/orders";
import { matchError, RpcError } from "@tightwire/core";
import type { Refusal, StoredOrder } from "./order-row.js";
import { type OrdersParts, releaseDue } from "./releases.js";
import { reservationId } from "./reservation-id.js";

/** The result of an attempt to reserve an order's stock. */
type Reserved =
  | { readonly kind: "reserved" }
  | { readonly kind: "released" }
  | { readonly kind: "refused"; readonly refusals: Refusal[] };

/**
 * Completes a pending order: reserves its stock and confirms it, or rejects it. It is safe to run
 * twice at once, and again after a crash at any point, because the reservation's id derives from
 * the order and every step names the state that it starts from. Returns the order as it is then.
 *
 * When the outcome of the reservation is unknown, the reservation is released, the order stays
 * pending, and the error is thrown again.
 */
export async function completeOrder(
  parts: OrdersParts,
  pending: StoredOrder,
): Promise<StoredOrder> {
  const { store } = parts;
  const { id } = pending.order;
  let stored = pending;
  while (stored.order.status === OrderStatus.ORDER_STATUS_PENDING) {
    const { attempt } = stored;
    try {
      const outcome = await reserve(parts, stored);
      if (outcome.kind === "reserved") stored = await store.confirm(id, attempt);
      else if (outcome.kind === "refused")
        stored = await store.reject(id, attempt, outcome.refusals);
      else stored = await nextAttempt(parts, stored);
    } catch (error) {
      await giveUp(parts, id, attempt);
      throw error;
    }
  }
  // Cancelled in the meantime, perhaps before the reservation reached the catalog.
  if (stored.order.status === OrderStatus.ORDER_STATUS_CANCELLED) await releaseDue(parts, id);
  return stored;
}

async function reserve(
  { catalog }: OrdersParts,
  { order, attempt }: StoredOrder,
): Promise<Reserved> {
  const lines = order.lines.map(({ productId, quantity }) => ({ productId, quantity }));
  try {
    const { reservation } = await catalog.reserveStock({
      reservationId: reservationId(order.id, attempt),
      lines,
    });
    return { kind: reservation?.releaseTime === undefined ? "reserved" : "released" };
  } catch (error) {
    const refused =
      error instanceof RpcError && error.origin === "peer" ? readRefusal(error) : undefined;
    if (refused === undefined) throw error;
    return refused;
  }
}

/** A refusal that a retry would not change, or undefined. */
function readRefusal(error: RpcError): Reserved | undefined {
  return matchError<typeof CatalogErrors, Reserved | undefined>(
    error,
    CatalogErrors,
    {
      alreadyReleased: () => ({ kind: "released" }),
      tooLittleStock: ({ shortages }) =>
        refused(
          shortages.map(({ productId, wanted, left }) => ({
            productId,
            reason: `${wanted} wanted, ${left} left`,
          })),
        ),
      unknownProduct: ({ productIds }) =>
        refused(productIds.map((productId) => ({ productId, reason: "is not for sale any more" }))),
      // The id derives from the order and its lines never change: somebody else took it.
      reservationTaken: () => undefined,
    },
    () => undefined,
  );
}

const refused = (refusals: Refusal[]): Reserved => ({ kind: "refused", refusals });

async function nextAttempt(
  { store }: OrdersParts,
  { order, attempt }: StoredOrder,
): Promise<StoredOrder> {
  await store.giveUpAttempt(order.id, attempt);
  const next = await store.find(order.id);
  if (next === undefined) throw new Error(`order ${order.id} no longer exists`);
  return next;
}

/**
 * Drops an attempt and releases its reservation. If this fails too, the order stays as it is, and
 * the next repair or a retry with the same request id continues from there.
 */
async function giveUp(parts: OrdersParts, id: string, attempt: number): Promise<void> {
  try {
    await parts.store.giveUpAttempt(id, attempt);
  } catch (error) {
    parts.logger.warn(
      { orderId: id, error: String(error) },
      "an attempt to reserve stock could not be dropped",
    );
    return;
  }
  await releaseDue(parts, id);
}
