import { type OrdersClient, OrdersService } from "@shop/contracts/orders";
import { type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import type { Closable } from "./closable.js";

/**
 * A client of orders at `target`, for example `dns:///orders:50052` or `127.0.0.1:50052`. It
 * connects on the first call. Keep one client and close it at the end. Throws a MisuseError for a
 * target or an option that `createChannel` does not accept.
 */
export function createOrdersClient(
  target: string,
  options: ChannelOptions = {},
): OrdersClient & Closable {
  const channel = createChannel(target, options);
  return { ...createClient(OrdersService, channel), close: (graceMs) => channel.close(graceMs) };
}
