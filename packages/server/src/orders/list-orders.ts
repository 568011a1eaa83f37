import type { ListOrdersRequest, ListOrdersResponse, OrderFilter } from "@shop/contracts/orders";
import { type PagePosition, writePageToken } from "../paging/page-token.js";
import { checkPageToken, pageSizeOf } from "../requests/checks.js";
import { createViolations, type Violations } from "../requests/violations.js";
import type { OrderPosition, OrderReader } from "./order-reader.js";

const EVERYTHING: OrderFilter = { statuses: [], email: undefined };

/** Handles ListOrders. */
export async function listOrders(
  store: OrderReader,
  request: ListOrdersRequest,
): Promise<ListOrdersResponse> {
  const filter = request.filter ?? EVERYTHING;
  const listing = ["orders", filter];
  const violations = createViolations();
  const after = toPosition(violations, checkPageToken(violations, listing, request.pageToken));
  violations.throwIfAny();

  const { orders, next, totalSize } = await store.list(filter, pageSizeOf(request), after);
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
