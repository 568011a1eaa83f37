import type { CatalogClient } from "@shop/contracts/catalog";
import { type OrdersHandlers, OrdersService } from "@shop/contracts/orders";
import type { Logger } from "@tightwire/core";
import { implement } from "@tightwire/server";
import { untilDrain } from "../until-drain.js";
import { cancelOrder } from "./cancel-order.js";
import { findOrder } from "./find-order.js";
import { listOrders } from "./list-orders.js";
import type { OrderStore } from "./order-store.js";
import { placeOrder } from "./place-order.js";
import { quoteBasket } from "./quote-basket.js";
import type { OrdersParts } from "./releases.js";
import { trackOrder } from "./track-order.js";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * The handlers of orders over a store and a client of the catalog. `logger` gets a line for stock
 * that could not be released.
 */
export const createOrders = (
  catalog: CatalogClient,
  store: OrderStore,
  logger: Logger = SILENT,
): OrdersHandlers => {
  const parts: OrdersParts = { catalog, store, logger };
  return implement(OrdersService, {
    placeOrder: (request, call) => placeOrder(parts, request, call.errors),
    getOrder: async ({ id }, call) => ({
      order: (await findOrder(store, id, call.errors)).order,
    }),
    listOrders: (request) => listOrders(store, request),
    cancelOrder: ({ id }, call) => cancelOrder(parts, id, call.errors),
    trackOrder: ({ id }, call) => trackOrder(store, id, call.errors, untilDrain(call)),
    quoteBasket: (requests, call) => quoteBasket(catalog, requests, call.errors),
  });
};
