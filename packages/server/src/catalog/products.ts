import type { CatalogErrors, Product } from "@shop/contracts/catalog";
import type { ErrorConstructors, RpcError } from "@tightwire/core";
import { unknownProductText } from "../requests/unknown-product.js";
import type { ProductStore } from "./product-store.js";

/** Makes the error for products that do not exist. */
export type ProductErrors = ErrorConstructors<Pick<typeof CatalogErrors, "unknownProduct">>;

/** The products of these ids, in their order. Throws `unknownProduct`, with each missing id. */
export async function findExisting(
  store: ProductStore,
  ids: readonly string[],
  errors: ProductErrors,
): Promise<Product[]> {
  const products = await store.findProducts(ids);
  if (products.length === ids.length) return products;
  const found = new Set(products.map(({ id }) => id));
  throw unknownProduct(
    errors,
    ids.filter((id) => !found.has(id)),
  );
}

/** The error for products that do not exist. */
export function unknownProduct(errors: ProductErrors, productIds: readonly string[]): RpcError {
  return errors.unknownProduct({ productIds }, unknownProductText(productIds));
}
