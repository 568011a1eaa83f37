import {
  type CatalogHandlers,
  ImportProductsResponse,
  MpaaRating,
  Product,
} from "@shop/contracts/catalog";
import type { OrdersHandlers } from "@shop/contracts/orders";
import { badRequest, RpcError } from "@tightwire/core";
import { createEventLog, createGate, type EventLog, type Gate } from "@tightwire/testing";
import { serveShop } from "./gateway-stage.js";

/** A gateway at a free port, in front of a shop in this process that has one product. */
export interface GatewayShop {
  /** Ends with a slash. */
  readonly origin: string;
  /** What its handlers saw. */
  readonly log: EventLog;
  /** Lets WatchStock continue after its first message. */
  readonly stockChanges: Gate;
  close(): Promise<void>;
}

const FILM = {
  title: "Alien",
  genre: "Horror",
  mpaaRating: MpaaRating.MPAA_RATING_R,
  usGross: 80_930_630n,
};
const ALIEN = Product.fromPartial({ id: "alien", film: FILM, priceCents: 1_499n, stock: 3 });

/** Starts the gateway. */
export async function startGatewayShop(): Promise<GatewayShop> {
  const log = createEventLog();
  const stockChanges = createGate();
  const { address, close } = await serveShop(
    catalogHandlers(log, stockChanges),
    ordersHandlers(log),
    { openApi: { title: "Film shop" } },
  );
  return { origin: `http://${address}/`, log, stockChanges, close };
}

const missing = (): never => {
  throw new RpcError("unimplemented", "this shop has no such handler");
};

function catalogHandlers(log: EventLog, stockChanges: Gate): CatalogHandlers {
  return {
    async getProduct({ id }, { metadata, timeLeftMs }) {
      log.add(
        `getProduct for ${metadata.get("authorization")}, ${timeLeftMs <= 1_500 ? "in a hurry" : "in time"}`,
      );
      if (id !== ALIEN.id)
        throw new RpcError("not_found", `no such product: "${id === "tags" ? "<b>x</b>" : id}"`, {
          details: [badRequest({ id: "is unknown" })],
        });
      return { product: ALIEN };
    },
    batchGetProducts: async ({ ids }) => ({ products: ids.map((id) => ({ ...ALIEN, id })) }),
    listProducts: missing,
    async importProducts(requests) {
      let received = 0;
      for await (const _ of requests) received += 1;
      return ImportProductsResponse.fromPartial({ received, created: received });
    },
    async *watchStock({ productIds }, { signal }) {
      const productId = productIds[0] ?? "";
      yield { productId, stock: 3, changeTime: undefined };
      await stockChanges.passed;
      yield { productId, stock: 2, changeTime: undefined };
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      log.add("watchStock aborted");
    },
    reserveStock: missing,
    releaseStock: missing,
  };
}

function ordersHandlers(log: EventLog): OrdersHandlers {
  return {
    placeOrder: missing,
    getOrder: missing,
    listOrders: missing,
    cancelOrder: missing,
    trackOrder: missing,
    async *quoteBasket(requests) {
      let quantity = 0;
      for await (const { change } of requests) {
        quantity += change?.value.quantity ?? 0;
        yield { lines: [], totalCents: BigInt(quantity) * ALIEN.priceCents };
      }
      log.add("quoteBasket read all");
    },
  };
}
