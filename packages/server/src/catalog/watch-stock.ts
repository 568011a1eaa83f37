import type { WatchStockRequest, WatchStockResponse } from "@shop/contracts/catalog";
import { toTimestamp } from "../timestamp.js";
import type { CatalogStore } from "./catalog-store.js";
import { findExisting, type ProductErrors } from "./products.js";

/** Handles WatchStock, until `signal` aborts; then it throws the signal's reason. */
export async function* watchStock(
  store: CatalogStore,
  { productIds }: WatchStockRequest,
  errors: ProductErrors,
  signal: AbortSignal,
): AsyncGenerator<WatchStockResponse> {
  await findExisting(store, productIds, errors);
  for await (const { key, stock, timeMs } of store.stock.watch(productIds, signal)) {
    yield { productId: key, stock, changeTime: toTimestamp(new Date(timeMs)) };
  }
  signal.throwIfAborted();
}
