import type {
  ListProductsRequest,
  ListProductsResponse,
  ProductFilter,
} from "@shop/contracts/catalog";
import { writePageToken } from "../paging/page-token.js";
import { checkPageToken, pageSizeOf } from "../requests/checks.js";
import { createViolations, type Violations } from "../requests/violations.js";
import { checkDay } from "./calendar-date.js";
import type { ProductStore } from "./product-store.js";

const EVERYTHING: ProductFilter = {
  genre: undefined,
  titleContains: undefined,
  releasedFrom: undefined,
  releasedTo: undefined,
  mpaaRatings: [],
  inStock: false,
};

/** Handles ListProducts. */
export async function listProducts(
  store: ProductStore,
  request: ListProductsRequest,
): Promise<ListProductsResponse> {
  const filter = request.filter ?? EVERYTHING;
  const listing = ["products", filter];
  const violations = createViolations();
  checkFilter(violations, filter);
  const after = checkPageToken(violations, listing, request.pageToken);
  violations.throwIfAny();

  const page = await store.listProducts(filter, pageSizeOf(request), after);
  const nextPageToken = page.next === undefined ? "" : writePageToken(listing, page.next);
  return { products: page.products, nextPageToken, totalSize: page.totalSize };
}

function checkFilter(violations: Violations, { releasedFrom, releasedTo }: ProductFilter): void {
  checkDay(violations, "filter.released_from", releasedFrom);
  checkDay(violations, "filter.released_to", releasedTo);
}
