import type { CatalogClient } from "@shop/contracts/catalog";
import type { BasketLine, OrderLine } from "@shop/contracts/orders";

/**
 * The lines with titles and current prices, in their order. Rejects as BatchGetProducts does:
 * NOT_FOUND for unknown products.
 */
export async function priceLines(
  catalog: CatalogClient,
  lines: readonly BasketLine[],
): Promise<OrderLine[]> {
  if (lines.length === 0) return [];
  const { products } = await catalog.batchGetProducts({
    ids: lines.map(({ productId }) => productId),
  });
  const byId = new Map(products.map((product) => [product.id, product]));
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
