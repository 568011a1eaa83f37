import { type PagePosition, PageTokenError, readPageToken } from "../paging/page-token.js";
import type { Violations } from "./violations.js";

/** How many lines or ids a request may have. */
export const MAX_ITEMS = 100;
/** How many characters an id may have. */
export const MAX_ID_LENGTH = 64;
/** How many of one product a line may order. It keeps every sum of money well inside an int64. */
export const MAX_QUANTITY = 1_000_000;
/** How many rows a page has when the request does not say. */
export const DEFAULT_PAGE_SIZE = 50;
/** How many rows a page may have. */
export const MAX_PAGE_SIZE = 1_000;

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

/** Checks the ids of a request: 1 to 100, each valid, none twice. */
export function checkIds(violations: Violations, field: string, ids: readonly string[]): void {
  checkCount(violations, field, ids.length);
  checkDistinct(violations, ids, (index) => `${field}[${index}]`);
  for (const [index, id] of ids.entries()) checkId(violations, `${field}[${index}]`, id);
}

/** Checks the lines of a request: 1 to 100, each with an id and a quantity, no product twice. */
export function checkLines(
  violations: Violations,
  field: string,
  lines: readonly { productId: string; quantity: number }[],
): void {
  checkCount(violations, field, lines.length);
  checkDistinct(
    violations,
    lines.map(({ productId }) => productId),
    (index) => `${field}[${index}].product_id`,
  );
  for (const [index, line] of lines.entries()) checkLine(violations, `${field}[${index}]`, line);
}

/** Checks a line: an id, and a quantity from 1 to {@link MAX_QUANTITY}. */
export function checkLine(
  violations: Violations,
  field: string,
  line: { productId: string; quantity: number },
): void {
  checkId(violations, `${field}.product_id`, line.productId);
  violations.expect(line.quantity >= 1, `${field}.quantity`, "must be at least 1");
  violations.expect(
    line.quantity <= MAX_QUANTITY,
    `${field}.quantity`,
    `must be ${MAX_QUANTITY} at most`,
  );
}

/** The page size to use: the default for 0. */
export function checkPageSize(violations: Violations, pageSize: number): number {
  violations.expect(
    pageSize >= 0 && pageSize <= MAX_PAGE_SIZE,
    "page_size",
    `must be 0 to ${MAX_PAGE_SIZE}`,
  );
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

function checkCount(violations: Violations, field: string, count: number): void {
  violations.expect(
    count >= 1 && count <= MAX_ITEMS,
    field,
    `must hold 1 to ${MAX_ITEMS} items, not ${count}`,
  );
}

function checkDistinct(
  violations: Violations,
  ids: readonly string[],
  fieldAt: (index: number) => string,
): void {
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (id !== "") violations.expect(!seen.has(id), fieldAt(index), `"${id}" is there twice`);
    seen.add(id);
  }
}
