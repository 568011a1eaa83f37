import {
  type GetResponse,
  type ListResponse,
  OrderState,
  type WatchResponse,
} from "./gen/tightwire/bench/v1/bench.js";

const CREATED_AT_MS = 1_767_225_600_000n;

const TITLES = ["Rear Window", "The Third Man", "Ikiru", "Bicycle Thieves", "La Jetée"] as const;

const items = TITLES.map((title, index) => ({
  productId: `film-${1000 + index}`,
  title,
  quantity: index + 1,
  priceCents: BigInt(1299 + 200 * index),
  discount: index * 0.05,
}));

const order = {
  id: "",
  customerId: "customer-0815",
  state: OrderState.ORDER_STATE_PLACED,
  createdAtMs: CREATED_AT_MS,
  totalCents: 28_485n,
  currency: "EUR",
  address: "Käthe-Kollwitz-Straße 12, 04109 Leipzig, Germany",
  note: "Please leave it with the neighbour on the second floor when nobody's there.",
  paid: true,
  items,
};

/**
 * What `Get` responds with: 10 fields and 5 items, 367 bytes for an id of 9 characters. The same
 * work for every peer.
 */
export function sampleGetResponse(id: string): GetResponse {
  return { order: { ...order, id } };
}

const listItems = Array.from({ length: 500 }, (_, index) => ({
  id: `line-${100_000 + index}`,
  item: items[index % items.length],
  description: "Restored from the original negative; with subtitles in nine languages.",
  orderedAtMs: CREATED_AT_MS + BigInt(index),
}));

/** What `List` responds with: up to 500 lines, about 64 KiB. */
export function sampleListResponse(pageSize: number): ListResponse {
  return { items: listItems.slice(0, pageSize) };
}

/** What `Watch` tells: 26 bytes or less. */
export function sampleWatchResponse(sequence: number): WatchResponse {
  return {
    sequence,
    productId: "film-1001",
    quantity: 1000 - (sequence % 1000),
    changedAtMs: CREATED_AT_MS,
  };
}
