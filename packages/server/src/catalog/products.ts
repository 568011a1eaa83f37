import type { Product } from "@shop/contracts/catalog";
import { notFound } from "../requests/not-found.js";
import type { ProductStore } from "./product-store.js";

/** The name of products in errors. */
export const PRODUCT = "shop.catalog.v1/Product";

/** The products of these ids, in their order. NOT_FOUND names each id that does not exist. */
export async function findExisting(
  store: ProductStore,
  ids: readonly string[],
): Promise<Product[]> {
  const products = await store.findProducts(ids);
  if (products.length === ids.length) return products;
  const found = new Set(products.map(({ id }) => id));
  throw notFound(
    PRODUCT,
    ids.filter((id) => !found.has(id)),
  );
}
