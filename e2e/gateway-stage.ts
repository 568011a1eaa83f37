import { type CatalogHandlers, CatalogService } from "@shop/contracts/catalog";
import { Order, OrderStatus, type OrdersHandlers, OrdersService } from "@shop/contracts/orders";
import { type Channel, createChannel } from "@tightwire/client";
import { badRequest, RpcError, type ServerCall } from "@tightwire/core";
import { createGateway, type GatewayOptions } from "@tightwire/gateway";
import { createServer, implement, inProcess } from "@tightwire/server";
import { createEventLog, type EventLog } from "@tightwire/testing";
import { onTestFinished } from "vitest";

/** A gateway in front of a shop without databases, both in this process. */
export interface GatewayStage {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly address: string;
  /** What the handlers saw, in order. */
  readonly log: EventLog;
  /** The calls that handlers received, in order. */
  readonly calls: readonly ServerCall[];
  /** Drops the references to the calls. */
  forgetCalls(): void;
  /** The number of messages that WatchStock produced. */
  produced(): number;
}

/** A gateway at a free port, in front of a shop in this process. */
export interface ServedShop {
  readonly address: string;
  close(): Promise<void>;
}

/** Serves handlers of the shop through a gateway. */
export async function serveShop(
  catalog: CatalogHandlers,
  orders: OrdersHandlers,
  options: GatewayOptions,
): Promise<ServedShop> {
  const server = createServer().add(CatalogService, catalog).add(OrdersService, orders);
  const channel: Channel = createChannel("in-process:", {
    transport: inProcess(server, { identity: "gateway" }),
  });
  const gateway = createGateway(options).add(CatalogService, channel).add(OrdersService, channel);
  const { address } = await gateway.listen("127.0.0.1:0");
  return {
    address,
    async close() {
      await gateway.close(0);
      await channel.close();
      await server.stop({ pauseMs: 0, graceMs: 0 });
    },
  };
}

const CREATED = { seconds: 1_700_000_000n, nanos: 123_456_789 };

/** Starts a gateway that is closed when the test finishes. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayStage> {
  const log = createEventLog();
  const calls: ServerCall[] = [];
  let produced = 0;
  const { address, close } = await serveShop(
    catalogHandlers(log, calls, () => produced++),
    orderHandlers(log, calls),
    options,
  );
  onTestFinished(close);
  return {
    url: `http://${address}`,
    address,
    log,
    calls,
    forgetCalls: () => void calls.splice(0),
    produced: () => produced,
  };
}

function noted(log: EventLog, calls: ServerCall[], call: ServerCall): void {
  calls.push(call);
  log.add(call.method.name);
  call.signal.addEventListener("abort", () => log.add(`${call.method.name} cancelled`));
}

function catalogHandlers(log: EventLog, calls: ServerCall[], made: () => void) {
  return implement(CatalogService, {
    async getProduct({ id }, call) {
      noted(log, calls, call);
      if (id === "slow")
        await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      if (id === "broken") throw new Error("a secret of the handler");
      if (id !== "p-1")
        throw new RpcError("not_found", `no such product: "${id === "umlaut" ? "ü" : id}"`, {
          details: [badRequest({ id: "is not known" })],
        });
      call.headers.set("x-served-by", "stub");
      call.trailers.set("x-cost", "3");
      return {
        product: { id, film: undefined, priceCents: 1_299n, stock: 0, createTime: CREATED },
      };
    },
    async batchGetProducts({ ids }) {
      return {
        products: ids.map((id) => ({
          id,
          film: undefined,
          priceCents: 9_007_199_254_740_993n,
          stock: 1,
          createTime: undefined,
        })),
      };
    },
    async listProducts({ filter, pageSize }, call) {
      noted(log, calls, call);
      return {
        products: [],
        nextPageToken: `${pageSize} ${filter?.genre} ${filter?.mpaaRatings.join()} ${filter?.releasedFrom?.year}`,
        totalSize: 0,
      };
    },
    async importProducts(requests, call) {
      noted(log, calls, call);
      let received = 0;
      for await (const { row } of requests) {
        received++;
        log.add(`row ${row}`);
        if (row === 666) throw new RpcError("failed_precondition", "enough");
      }
      return { received, created: received, unchanged: 0, rejected: 0, rejections: [] };
    },
    async *watchStock({ productIds }, call) {
      noted(log, calls, call);
      if (productIds[0] === "none") throw new RpcError("invalid_argument", "there is none");
      const padding = "x".repeat(productIds[0] === "much" ? 100_000 : 1);
      try {
        const most = { few: 3, many: 3_000 }[productIds[0] ?? ""] ?? Number.POSITIVE_INFINITY;
        for (let stock = 0; stock < most; stock++) {
          if (productIds[0] === "breaks" && stock === 2)
            throw new RpcError("unavailable", "the warehouse is closed");
          if (productIds[0] === "waits" && stock === 1)
            await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
          made();
          yield { productId: padding, stock, changeTime: undefined };
        }
      } finally {
        log.add("watch left");
      }
    },
    reserveStock: () => Promise.reject(new RpcError("unimplemented", "not here")),
    releaseStock: ({ reservationId }) =>
      Promise.resolve({
        reservation: {
          id: reservationId,
          lines: [],
          createTime: undefined,
          releaseTime: undefined,
        },
      }),
  });
}

function orderHandlers(log: EventLog, calls: ServerCall[]) {
  return implement(OrdersService, {
    async placeOrder({ requestId, buyer, payment }, call) {
      noted(log, calls, call);
      return { order: { ...EMPTY_ORDER, id: requestId, buyer, payment } };
    },
    getOrder: ({ id }) => Promise.resolve({ order: { ...EMPTY_ORDER, id } }),
    listOrders: () => Promise.resolve({ orders: [], nextPageToken: "", totalSize: 0 }),
    cancelOrder: ({ id }) =>
      Promise.resolve({
        order: { ...EMPTY_ORDER, id, status: OrderStatus.ORDER_STATUS_CANCELLED },
      }),
    async *trackOrder({ id }, call) {
      noted(log, calls, call);
      yield { id, status: OrderStatus.ORDER_STATUS_CONFIRMED, changeTime: CREATED };
    },
    async *quoteBasket(requests, call) {
      noted(log, calls, call);
      let quantity = 0;
      for await (const { change } of requests) {
        quantity += change?.value.quantity ?? 0;
        if (quantity > 100) throw new RpcError("out_of_range", "that is too much");
        yield { lines: [], totalCents: BigInt(quantity) };
      }
      log.add("quote ended");
    },
  });
}

const EMPTY_ORDER: Order = Order.fromPartial({ status: OrderStatus.ORDER_STATUS_PENDING });
