import {
  type ListOrdersRequest,
  type ListOrdersResponse,
  type OrderFilter,
  OrderStatus,
} from "@shop/contracts/orders";
import { type PagePosition, writePageToken } from "../paging/page-token.js";
import { checkPageSize, checkPageToken, checkText } from "../requests/checks.js";
import { createViolations, type Violations } from "../requests/violations.js";
import type { OrderPosition, OrderReader } from "./order-reader.js";

const EVERYTHING: OrderFilter = { statuses: [], email: undefined };
const MAX_EMAIL_LENGTH = 500;
const STATUSES: ReadonlySet<number> = new Set(
  Object.values(OrderStatus).filter((value) => value > 0),
);

/** Handles ListOrders. */
export async function listOrders(
  store: OrderReader,
  request: ListOrdersRequest,
): Promise<ListOrdersResponse> {
  const filter = request.filter ?? EVERYTHING;
  const listing = ["orders", filter];
  const violations = createViolations();
  const pageSize = checkPageSize(violations, request.pageSize);
  for (const [index, status] of filter.statuses.entries()) {
    violations.expect(
      STATUSES.has(status),
      `filter.statuses[${index}]`,
      `${status} is not a status`,
    );
  }
  if (filter.email !== undefined)
    checkText(violations, "filter.email", filter.email, 0, MAX_EMAIL_LENGTH);
  const after = toPosition(violations, checkPageToken(violations, listing, request.pageToken));
  violations.throwIfAny();

  const { orders, next, totalSize } = await store.list(filter, pageSize, after);
  const nextPageToken =
    next === undefined ? "" : writePageToken(listing, [String(next.createTimeMs), next.id]);
  return { orders: orders.map(({ order }) => order), nextPageToken, totalSize };
}

function toPosition(
  violations: Violations,
  position: PagePosition | undefined,
): OrderPosition | undefined {
  if (position === undefined) return undefined;
  const [time, id] = position;
  violations.expect(/^\d{1,15}$/.test(time), "page_token", "is not a token that a page came with");
  return { createTimeMs: Number(time), id };
}
