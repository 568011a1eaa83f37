import type { OrdersErrors } from "@shop/contracts/orders";
import type { ErrorConstructors, RpcError } from "@tightwire/core";
import type { OrderReader } from "./order-reader.js";
import type { StoredOrder } from "./order-row.js";

/** Makes the error for an order that does not exist. */
export type OrderErrors = ErrorConstructors<Pick<typeof OrdersErrors, "unknownOrder">>;

/** The order with a request's id. Throws `unknownOrder` when there is none. */
export async function findOrder(
  store: OrderReader,
  id: string,
  errors: OrderErrors,
): Promise<StoredOrder> {
  const stored = await store.find(id);
  if (stored === undefined) throw unknownOrder(errors, id);
  return stored;
}

/** The error for an order that does not exist. */
export function unknownOrder(errors: OrderErrors, id: string): RpcError {
  return errors.unknownOrder(`no such order: "${id}"`);
}
