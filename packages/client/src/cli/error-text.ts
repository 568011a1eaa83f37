import { CatalogErrors } from "@shop/contracts/catalog";
import { OrdersErrors } from "@shop/contracts/orders";
import { findError, matchError, RpcError } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";

/**
 * The text of a failed call for people: what a declared error means; else status and message, each
 * invalid field, and what to do when no server responds.
 */
export function describeError(
  error: unknown,
  targets: { readonly catalog: string; readonly orders: string },
): string[] {
  return matchError(
    error,
    OrdersErrors,
    {
      outOfStock: ({ orderId, products }) => [
        `order ${orderId} was refused, since not all of it can be had`,
        ...products.map(({ productId, reason }) => `  ${productId}: ${reason}`),
      ],
      tooLateToCancel: (_detail, { message }) => [message],
      unknownOrder: (_detail, { message }) => [message, "  `shop orders list` shows all orders"],
      unknownProduct: describeUnknown,
      requestIdTaken: (_detail, { message }) => [message, "  give another --request-id"],
    },
    (other) => {
      const caught = findError(other, CatalogErrors);
      if (caught?.name === "unknownProduct") return describeUnknown(caught.detail);
      return describeOther(other, targets);
    },
  );
}

function describeUnknown({ productIds }: { readonly productIds: readonly string[] }): string[] {
  return [
    `not in the catalog: ${productIds.join(", ")}`,
    "  `shop products list` shows what there is",
  ];
}

function describeOther(
  error: unknown,
  targets: { readonly catalog: string; readonly orders: string },
): string[] {
  if (!(error instanceof RpcError)) return [error instanceof Error ? error.message : String(error)];
  const fields = error.detail(BadRequest)?.fieldViolations ?? [];
  return [
    `${error.code}: ${error.message}`,
    ...fields.map(({ field, description }) => `  ${field} ${description}`),
    ...(error.code === "unavailable"
      ? [
          `  is the shop running? catalog is ${targets.catalog} (--catalog, SHOP_CATALOG), orders ${targets.orders} (--orders, SHOP_ORDERS)`,
        ]
      : []),
  ];
}
