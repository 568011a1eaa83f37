import type { CatalogClient } from "@shop/contracts/catalog";
import type { BasketLine, QuoteBasketRequest, QuoteBasketResponse } from "@shop/contracts/orders";
import { MAX_ITEMS, MAX_QUANTITY } from "../requests/checks.js";
import { createViolations } from "../requests/violations.js";
import { totalCents } from "./new-order.js";
import { type PriceErrors, priceLines } from "./prices.js";

/** Handles QuoteBasket: after each change, one quote of the whole basket. */
export async function* quoteBasket(
  catalog: CatalogClient,
  requests: AsyncIterable<QuoteBasketRequest>,
  errors: PriceErrors,
): AsyncGenerator<QuoteBasketResponse> {
  // A product that was removed stays at 0, and so keeps its place.
  const basket = new Map<string, number>();
  for await (const { change } of requests) {
    applyChange(basket, change);
    const held: BasketLine[] = [...basket]
      .map(([productId, quantity]) => ({ productId, quantity }))
      .filter(({ quantity }) => quantity > 0);
    const lines = await priceLines(catalog, held, errors);
    yield { lines, totalCents: totalCents(lines) };
  }
}

function applyChange(basket: Map<string, number>, change: QuoteBasketRequest["change"]): void {
  if (change === undefined) throw new TypeError("unreachable: the contract requires a change");
  const violations = createViolations();
  const { productId, quantity } = change.value;
  const before = basket.get(productId) ?? 0;
  const after = change.$case === "add" ? before + quantity : Math.max(before - quantity, 0);
  violations.expect(
    after <= MAX_QUANTITY,
    `${change.$case}.quantity`,
    `would make more than ${MAX_QUANTITY} of one product`,
  );
  violations.expect(
    basket.has(productId) || basket.size < MAX_ITEMS,
    `${change.$case}.product_id`,
    `would be product ${MAX_ITEMS + 1} of the basket`,
  );
  violations.throwIfAny();
  basket.set(productId, after);
}
