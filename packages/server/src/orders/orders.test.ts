import { randomUUID } from "node:crypto";
import { createCatalogClient, createOrdersClient } from "@shop/client";
import { type CatalogClient, CatalogService } from "@shop/contracts/catalog";
import {
  OrderStatus,
  type OrdersClient,
  OrdersErrors,
  OrdersService,
  type PlaceOrderRequest,
  type QuoteBasketRequest,
} from "@shop/contracts/orders";
import { findError, type PartialMessage, RpcError, type StatusCode } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { createServer, inProcess, type Server } from "@tightwire/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testEngines } from "../database/test-database.js";
import { ordersMigrations } from "./migrations.js";
import { createOrderStore, type OrderStore } from "./order-store.js";
import { createOrders } from "./orders.js";
import { repairOrders } from "./repair.js";
import type { OrdersDatabase, OrdersTables } from "./tables.js";
import { createTestCatalog, type TestCatalog } from "./test-catalog.js";

const {
  ORDER_STATUS_CANCELLED,
  ORDER_STATUS_CONFIRMED,
  ORDER_STATUS_PENDING,
  ORDER_STATUS_REJECTED,
} = OrderStatus;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

for (const engine of await testEngines()) {
  describe.skipIf(!engine.available)(`orders on ${engine.name}`, () => {
    let database: OrdersDatabase;
    let store: OrderStore;
    let fake: TestCatalog;
    let catalog: CatalogClient & { close(): Promise<void> };
    let servers: Server[];
    let orders: OrdersClient & { close(): Promise<void> };

    beforeAll(async () => {
      database = await engine.open<OrdersTables>(ordersMigrations);
      store = createOrderStore(database);
      fake = createTestCatalog();
      const catalogServer = createServer().add(CatalogService, fake.handlers);
      catalog = createCatalogClient("in-process:", { transport: inProcess(catalogServer) });
      const server = createServer().add(OrdersService, createOrders(catalog, store));
      orders = createOrdersClient("in-process:", { transport: inProcess(server) });
      servers = [catalogServer, server];
    }, 30_000);
    beforeEach(() => fake.reset());
    afterAll(async () => {
      await Promise.all([orders.close(), catalog.close()]);
      await Promise.all(servers.map((server) => server.stop({ pauseMs: 0 })));
      await database.close();
      await engine.clean();
    });

    const parts = () => ({ catalog, store, logger: SILENT });
    const request = (
      changes: PartialMessage<PlaceOrderRequest> = {},
    ): PartialMessage<PlaceOrderRequest> => ({
      requestId: randomUUID(),
      buyer: { name: "Ada", email: "ada@example.org", address: "1 Road" },
      lines: [{ productId: "a", quantity: 2 }],
      payment: {
        $case: "card",
        value: { number: "4111111111111111", expiryMonth: 12, expiryYear: 2030 },
      },
      ...changes,
    });
    const place = async (changes: PartialMessage<PlaceOrderRequest> = {}) => {
      const { order } = await orders.placeOrder(request(changes));
      if (order === undefined) throw new Error("no order");
      return order;
    };

    describe("placing", () => {
      it("reserves stock, confirms, and keeps of the card its last digits only", async () => {
        const order = await place({
          lines: [
            { productId: "a", quantity: 2 },
            { productId: "b", quantity: 1 },
          ],
        });
        expect(order).toMatchObject({
          status: ORDER_STATUS_CONFIRMED,
          totalCents: 2n * 100n + 250n,
          lines: [
            { productId: "a", title: "Film a", quantity: 2, unitPriceCents: 100n },
            { productId: "b", quantity: 1 },
          ],
          payment: { $case: "card", value: { number: "1111", expiryMonth: 12, expiryYear: 2030 } },
        });
        expect(fake.stock("a")).toBe(8);
        expect((await orders.getOrder({ id: order.id })).order).toEqual(order);
      });

      it("again with the same request id gives the same response and orders nothing more, also 10 times at once", async () => {
        const same = request({ payment: { $case: "invoice", value: { reference: "PO 7" } } });
        const responses = await Promise.all(
          Array.from({ length: 10 }, () => orders.placeOrder(same)),
        );
        expect(new Set(responses.map(({ order }) => order?.id)).size).toBe(1);
        expect(responses[0]?.order).toMatchObject({
          status: ORDER_STATUS_CONFIRMED,
          payment: { $case: "invoice", value: { reference: "PO 7" } },
        });
        expect(fake.stock("a")).toBe(8);
        const other = { ...same, lines: [{ productId: "a", quantity: 3 }] };
        const taken = await failure(orders.placeOrder(other), "already_exists");
        expect(findError(taken, OrdersErrors)?.name).toBe("requestIdTaken");
      });

      it("is refused when there is too little, alike the second time, naming the product", async () => {
        const greedy = request({ lines: [{ productId: "a", quantity: 11 }] });
        for (const _time of [1, 2]) {
          const error = await failure(orders.placeOrder(greedy), "failed_precondition");
          expect(findError(error, OrdersErrors)).toMatchObject({
            name: "outOfStock",
            detail: { products: [{ productId: "a", reason: "11 wanted, 10 left" }] },
          });
        }
        expect(fake.stock("a")).toBe(10);
      });

      it("names an unknown product, and records nothing", async () => {
        const before = (await orders.listOrders({})).totalSize;
        const error = await failure(
          orders.placeOrder(request({ lines: [{ productId: "none", quantity: 1 }] })),
          "not_found",
        );
        expect(findError(error, OrdersErrors)).toMatchObject({
          name: "unknownProduct",
          detail: { productIds: ["none"] },
        });
        expect((await orders.listOrders({})).totalSize).toBe(before);
      });

      it("reports all faults at once, and quotes nothing that the buyer wrote", async () => {
        const call = orders.placeOrder({
          buyer: { name: " ", email: "canary", address: "" },
          lines: [{ productId: "a", quantity: 0 }],
          payment: { $case: "card", value: { number: "canary", expiryMonth: 13, expiryYear: 30 } },
        });
        const error = await failure(call, "invalid_argument");
        const fields = error.detail(BadRequest)?.fieldViolations ?? [];
        expect(fields.map(({ field }) => field)).toEqual([
          "request_id",
          "buyer.name",
          "buyer.email",
          "buyer.address",
          "lines[0].quantity",
          "card.number",
          "card.expiry_month",
          "card.expiry_year",
        ]);
        expect(JSON.stringify([error.message, fields])).not.toContain("canary");
        const empty = await failure(orders.placeOrder({ requestId: "r" }), "invalid_argument");
        expect(empty.detail(BadRequest)?.fieldViolations.map(({ field }) => field)).toEqual([
          "buyer",
          "lines",
          "payment",
        ]);
      });
    });

    describe("when something breaks in between", () => {
      it("a reservation without a response is released, and a retry with the same request id succeeds", async () => {
        const again = request();
        fake.afterReserve(() => {
          throw new RpcError("unavailable", "the response was lost");
        });
        await failure(orders.placeOrder(again), "unavailable");
        expect(fake.stock("a")).toBe(10);
        fake.reset();
        expect((await orders.placeOrder(again)).order?.status).toBe(ORDER_STATUS_CONFIRMED);
        expect(fake.stock("a")).toBe(8);
        expect(await store.findDueReleases()).toEqual([]);
      });

      it("the reservation is released when the order cannot be confirmed, and a retry succeeds", async () => {
        const broken: OrderStore = {
          ...store,
          confirm: () => Promise.reject(new Error("disk full")),
        };
        const server = createServer().add(OrdersService, createOrders(catalog, broken));
        const client = createOrdersClient("in-process:", { transport: inProcess(server) });
        const again = request();
        await failure(client.placeOrder(again), "internal");
        expect(fake.stock("a")).toBe(10);
        expect((await orders.placeOrder(again)).order?.status).toBe(ORDER_STATUS_CONFIRMED);
        expect(fake.stock("a")).toBe(8);
        await client.close();
        await server.stop({ pauseMs: 0 });
      });

      it("a catalog that cannot release either is asked again by the next repair", async () => {
        fake.afterReserve(() => {
          fake.failReleases(true);
          throw new RpcError("unavailable", "gone");
        });
        await failure(orders.placeOrder(request()), "unavailable");
        expect([fake.stock("a"), (await store.findDueReleases()).length]).toEqual([8, 1]);
        fake.failReleases(false);
        await repairOrders(parts());
        expect([fake.stock("a"), (await store.findDueReleases()).length]).toEqual([10, 0]);
        fake.reset();
        await repairOrders(parts(), -1_000);
      });

      it("an order that a crash left pending is completed by a repair once it is old enough, reserved already or not", async () => {
        for (const reservedAlready of [false, true]) {
          fake.reset();
          const pending = await recordPending();
          if (reservedAlready)
            await catalog.reserveStock({
              reservationId: `order-${pending}-0`,
              lines: [{ productId: "a", quantity: 2 }],
            });
          await repairOrders(parts());
          expect((await orders.getOrder({ id: pending })).order?.status).toBe(ORDER_STATUS_PENDING);
          await repairOrders(parts(), -1_000);
          expect((await orders.getOrder({ id: pending })).order?.status).toBe(
            ORDER_STATUS_CONFIRMED,
          );
          expect(fake.stock("a")).toBe(8);
        }
      });

      it("an order that was cancelled while its stock was being reserved keeps none", async () => {
        const asked = request();
        fake.afterReserve(async () => {
          const stored = await store.findByRequest(asked.requestId ?? "");
          await orders.cancelOrder({ id: stored?.order.id ?? "" });
        });
        expect((await orders.placeOrder(asked)).order?.status).toBe(ORDER_STATUS_CANCELLED);
        expect(fake.stock("a")).toBe(10);
        expect(await store.findDueReleases()).toEqual([]);
      });

      const recordPending = async () => {
        const id = randomUUID();
        await store.record({
          id,
          requestId: id,
          fingerprint: "f",
          buyer: { name: "n", email: "e@x", address: "a" },
          payment: { $case: "invoice", value: { reference: "r" } },
          lines: [{ productId: "a", title: "Film a", quantity: 2, unitPriceCents: 100n }],
        });
        return id;
      };
    });

    describe("cancelling", () => {
      it("releases the stock once, and gives the same response again", async () => {
        const { id } = await place();
        const responses = await Promise.all(
          Array.from({ length: 5 }, () => orders.cancelOrder({ id })),
        );
        expect(new Set(responses.map(({ order }) => order?.status))).toEqual(
          new Set([ORDER_STATUS_CANCELLED]),
        );
        expect(fake.stock("a")).toBe(10);
      });

      it("holds while the catalog is away; the stock comes back by the next repair", async () => {
        const { id } = await place();
        fake.failReleases(true);
        expect((await orders.cancelOrder({ id })).order?.status).toBe(ORDER_STATUS_CANCELLED);
        expect(fake.stock("a")).toBe(8);
        fake.failReleases(false);
        await repairOrders(parts());
        expect(fake.stock("a")).toBe(10);
      });

      it("is too late for a rejected order, and NOT_FOUND or INVALID_ARGUMENT for an id without an order", async () => {
        const asked = request({ lines: [{ productId: "a", quantity: 99 }] });
        await failure(orders.placeOrder(asked), "failed_precondition");
        const rejected = await store.findByRequest(asked.requestId ?? "");
        expect(rejected?.order.status).toBe(ORDER_STATUS_REJECTED);
        const late = orders.cancelOrder({ id: rejected?.order.id ?? "" });
        const error = await failure(late, "failed_precondition");
        expect(findError(error, OrdersErrors)?.name).toBe("tooLateToCancel");
        for (const method of ["cancelOrder", "getOrder"] as const) {
          const unknown = await failure(orders[method]({ id: "none" }), "not_found");
          expect(findError(unknown, OrdersErrors)?.name).toBe("unknownOrder");
        }
        await failure(orders.getOrder({}), "invalid_argument");
      });
    });

    it("are tracked from their present status to the final one", async () => {
      const { id } = await place();
      const seen: OrderStatus[] = [];
      for await (const change of orders.trackOrder({ id })) {
        seen.push(change.status);
        if (seen.length === 1) await orders.cancelOrder({ id });
      }
      expect(seen).toEqual([ORDER_STATUS_CONFIRMED, ORDER_STATUS_CANCELLED]);
    });

    it("are listed the newest first, by filter, in pages that lose and repeat nothing", async () => {
      const email = `${randomUUID()}@example.org`;
      const buyer = { name: "n", email, address: "a" };
      const placed: string[] = [];
      for (let n = 0; n < 5; n++)
        placed.push((await place({ buyer, lines: [{ productId: "b", quantity: 1 }] })).id);
      await orders.cancelOrder({ id: placed[0] ?? "" });
      const seen: string[] = [];
      let pageToken = "";
      do {
        const page = await orders.listOrders({ pageSize: 2, pageToken, filter: { email } });
        expect(page.totalSize).toBe(5);
        seen.push(...page.orders.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(new Set(seen)).toEqual(new Set(placed));
      expect(seen).toHaveLength(5);
      const cancelled = await orders.listOrders({
        filter: { email, statuses: [ORDER_STATUS_CANCELLED] },
      });
      expect(cancelled.orders.map(({ id }) => id)).toEqual([placed[0]]);
      await failure(
        orders.listOrders({ pageToken: "x", pageSize: -1, filter: { statuses: [77 as 1] } }),
        "invalid_argument",
      );
    });

    it("are quoted while the basket changes", async () => {
      const changes = [
        { $case: "add" as const, value: { productId: "a", quantity: 2 } },
        { $case: "add" as const, value: { productId: "b", quantity: 1 } },
        { $case: "remove" as const, value: { productId: "a", quantity: 5 } },
        { $case: "add" as const, value: { productId: "a", quantity: 1 } },
        { $case: "remove" as const, value: { productId: "b", quantity: 1 } },
        { $case: "remove" as const, value: { productId: "a", quantity: 1 } },
      ];
      const quotes: [string, bigint][] = [];
      for await (const { lines, totalCents } of orders.quoteBasket(
        changes.map((change) => ({ change })),
      )) {
        quotes.push([
          lines.map(({ productId, quantity }) => `${quantity}${productId}`).join(" "),
          totalCents,
        ]);
      }
      expect(quotes).toEqual([
        ["2a", 200n],
        ["2a 1b", 450n],
        ["1b", 250n],
        ["1a 1b", 350n],
        ["1a", 100n],
        ["", 0n],
      ]);
      const bad = async (change: PartialMessage<QuoteBasketRequest>) => {
        for await (const _quote of orders.quoteBasket([change])) return;
      };
      await failure(bad({}), "invalid_argument");
      await failure(
        bad({ change: { $case: "add", value: { productId: "a", quantity: 0 } } }),
        "invalid_argument",
      );
      await failure(
        bad({ change: { $case: "add", value: { productId: "none", quantity: 1 } } }),
        "not_found",
      );
    });
  });
}

async function failure(call: Promise<unknown>, code: StatusCode): Promise<RpcError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RpcError)) throw new Error(`expected ${code}, got ${String(error)}`);
  expect(error.code).toBe(code);
  return error;
}
