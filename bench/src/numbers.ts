import type * as numbers from "./gen/numbers/bench/v1/bench.js";
import type {
  GetResponse,
  ListResponse,
  Order,
  OrderItem,
  WatchResponse,
} from "./gen/tightwire/bench/v1/bench.js";

/** The response of `Get` as code has it whose int64 are numbers: REST and NestJS. */
export function getInNumbers({ order }: GetResponse): numbers.GetResponse {
  return { order: order && orderInNumbers(order) };
}

/** The response of `List`, likewise. */
export function listInNumbers({ items }: ListResponse): numbers.ListResponse {
  return {
    items: items.map((line) => ({
      ...line,
      item: line.item && itemInNumbers(line.item),
      orderedAtMs: Number(line.orderedAtMs),
    })),
  };
}

/** A message of `Watch`, likewise. */
export function changeInNumbers(change: WatchResponse): numbers.WatchResponse {
  return { ...change, changedAtMs: Number(change.changedAtMs) };
}

function orderInNumbers(order: Order): numbers.Order {
  return {
    ...order,
    createdAtMs: Number(order.createdAtMs),
    totalCents: Number(order.totalCents),
    items: order.items.map(itemInNumbers),
  };
}

function itemInNumbers(item: OrderItem): numbers.OrderItem {
  return { ...item, priceCents: Number(item.priceCents) };
}
