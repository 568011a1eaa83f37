import { type PagePosition, PageTokenError, readPageToken } from "../paging/page-token.js";
import type { Violations } from "./violations.js";

/** How many products a basket may have. */
export const MAX_ITEMS = 100;
/** How many characters an id may have. */
export const MAX_ID_LENGTH = 64;
/** How many of one product a line may order. It keeps every sum of money well inside an int64. */
export const MAX_QUANTITY = 1_000_000;
/** How many rows a page has when the request does not say. */
export const DEFAULT_PAGE_SIZE = 50;

const ID = /^[A-Za-z0-9-]{1,64}$/;

/** Checks an id of this shop: 1 to 64 letters, digits and hyphens. */
export function checkId(violations: Violations, field: string, id: string): void {
  violations.expect(id !== "", field, "must not be empty");
  violations.expect(
    ID.test(id),
    field,
    `must be 1 to ${MAX_ID_LENGTH} letters, digits and hyphens`,
  );
}

/** Checks text of `least` to `most` characters, without NUL, which PostgreSQL cannot store. */
export function checkText(
  violations: Violations,
  field: string,
  text: string,
  least: number,
  most: number,
): void {
  violations.expect(text.trim().length >= Math.min(least, 1), field, "must not be empty");
  violations.expect(
    text.length >= least && text.length <= most,
    field,
    `must be ${least} to ${most} characters`,
  );
  violations.expect(!text.includes("\0"), field, "must not hold a NUL character");
}

/** Checks that the lines of a request name no product twice. */
export function checkDistinctProducts(
  violations: Violations,
  field: string,
  lines: readonly { productId: string }[],
): void {
  const seen = new Set<string>();
  for (const [index, { productId }] of lines.entries()) {
    const isNew = !seen.has(productId);
    violations.expect(isNew, `${field}[${index}].product_id`, `"${productId}" is there twice`);
    seen.add(productId);
  }
}

/** The page size to use: the default for 0. */
export function pageSizeOf({ pageSize }: { readonly pageSize: number }): number {
  return pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
}

/** Where the page starts: after the token's position, or undefined for the first page. */
export function checkPageToken(
  violations: Violations,
  listing: unknown,
  token: string,
): PagePosition | undefined {
  if (token === "") return undefined;
  try {
    return readPageToken(listing, token);
  } catch (error) {
    if (!(error instanceof PageTokenError)) throw error;
    violations.expect(false, "page_token", error.message);
    return undefined;
  }
}
