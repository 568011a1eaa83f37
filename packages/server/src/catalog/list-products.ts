import type {
  ListProductsRequest,
  ListProductsResponse,
  ProductFilter,
} from "@shop/contracts/catalog";
import { writePageToken } from "../paging/page-token.js";
import { checkPageSize, checkPageToken, checkText } from "../requests/checks.js";
import { createViolations, type Violations } from "../requests/violations.js";
import { checkDay } from "./calendar-date.js";
import type { ProductStore } from "./product-store.js";
import { isRating } from "./rating.js";

const EVERYTHING: ProductFilter = {
  genre: undefined,
  titleContains: undefined,
  releasedFrom: undefined,
  releasedTo: undefined,
  mpaaRatings: [],
  inStock: false,
};
const MAX_FILTER_LENGTH = 200;

/** Handles ListProducts. */
export async function listProducts(
  store: ProductStore,
  request: ListProductsRequest,
): Promise<ListProductsResponse> {
  const filter = request.filter ?? EVERYTHING;
  const listing = ["products", filter];
  const violations = createViolations();
  const pageSize = checkPageSize(violations, request.pageSize);
  checkFilter(violations, filter);
  const after = checkPageToken(violations, listing, request.pageToken);
  violations.throwIfAny();

  const page = await store.listProducts(filter, pageSize, after);
  const nextPageToken = page.next === undefined ? "" : writePageToken(listing, page.next);
  return { products: page.products, nextPageToken, totalSize: page.totalSize };
}

function checkFilter(violations: Violations, filter: ProductFilter): void {
  if (filter.genre !== undefined)
    checkText(violations, "filter.genre", filter.genre, 0, MAX_FILTER_LENGTH);
  if (filter.titleContains !== undefined)
    checkText(violations, "filter.title_contains", filter.titleContains, 0, MAX_FILTER_LENGTH);
  checkDay(violations, "filter.released_from", filter.releasedFrom);
  checkDay(violations, "filter.released_to", filter.releasedTo);
  for (const [index, rating] of filter.mpaaRatings.entries()) {
    violations.expect(
      isRating(rating),
      `filter.mpaa_ratings[${index}]`,
      `${rating} is not a rating`,
    );
  }
}
