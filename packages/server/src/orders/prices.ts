import { type CatalogClient, CatalogErrors, type Product } from "@shop/contracts/catalog";
import type { BasketLine, OrderLine, OrdersErrors } from "@shop/contracts/orders";
import { type ErrorConstructors, findError } from "@tightwire/core";
import { unknownProductText } from "../requests/unknown-product.js";

/** Makes the error for products that the catalog does not have. */
export type PriceErrors = ErrorConstructors<Pick<typeof OrdersErrors, "unknownProduct">>;

/**
 * The lines with titles and current prices, in their order. Throws `unknownProduct`, which tells
 * the buyer the products that the catalog does not have.
 */
export async function priceLines(
  catalog: CatalogClient,
  lines: readonly BasketLine[],
  errors: PriceErrors,
): Promise<OrderLine[]> {
  if (lines.length === 0) return [];
  const ids = lines.map(({ productId }) => productId);
  const byId = new Map(
    (await getProducts(catalog, ids, errors)).map((product) => [product.id, product]),
  );
  return lines.map(({ productId, quantity }) => {
    const product = byId.get(productId);
    if (product === undefined) throw new Error(`the catalog left out product ${productId}`);
    return {
      productId,
      quantity,
      title: product.film?.title ?? "",
      unitPriceCents: product.priceCents,
    };
  });
}

async function getProducts(
  catalog: CatalogClient,
  ids: readonly string[],
  errors: PriceErrors,
): Promise<readonly Product[]> {
  try {
    return (await catalog.batchGetProducts({ ids })).products;
  } catch (error) {
    const caught = findError(error, CatalogErrors);
    if (caught?.name !== "unknownProduct") throw error;
    const { productIds } = caught.detail;
    throw errors.unknownProduct({ productIds }, unknownProductText(productIds));
  }
}
