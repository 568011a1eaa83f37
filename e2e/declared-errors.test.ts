import { CatalogErrors } from "@shop/contracts/catalog";
import { type OrdersClient, OrdersErrors, OrdersService } from "@shop/contracts/orders";
import { createChannel, createClient } from "@tightwire/client";
import { detail, findError, matchError, RpcError } from "@tightwire/core";
import { BadRequest, ErrorInfo } from "@tightwire/core/details";
import { createServer, implement } from "@tightwire/server";
import { errorOf } from "@tightwire/testing";
import { expect, onTestFinished, test } from "vitest";
import { ORDER } from "./shop-order.js";
import { transportInUse } from "./transport-in-use.js";

const lines: string[] = [];
const logger = {
  debug() {},
  info() {},
  warn() {},
  error: (fields: object, message: string) =>
    void lines.push(JSON.stringify({ ...fields, message })),
};

const info = (reason: string, domain: string) => detail(ErrorInfo, { reason, domain });

/** An error that a service of another language could send, or one that is broken. */
const FOREIGN: Readonly<Record<string, () => RpcError>> = {
  "another-domain": () =>
    new RpcError("failed_precondition", "x", { details: [info("TOO_LATE_TO_CANCEL", "else")] }),
  "no-detail": () =>
    new RpcError("failed_precondition", "x", { details: [info("OUT_OF_STOCK", "shop.orders.v1")] }),
  "a-broken-detail": () =>
    new RpcError("failed_precondition", "x", {
      details: [
        info("OUT_OF_STOCK", "shop.orders.v1"),
        { type: "shop.orders.v1.OutOfStock", value: new Uint8Array([0x0a, 0x7f]) },
      ],
    }),
  "a-broken-ErrorInfo": () =>
    new RpcError("failed_precondition", "x", {
      details: [{ type: "google.rpc.ErrorInfo", value: new Uint8Array([0x0a, 0x7f]) }],
    }),
  "no-ErrorInfo": () =>
    new RpcError("failed_precondition", "x", { details: [detail(BadRequest, {})] }),
};

/** Orders that fail as the id says. */
async function openOrders(): Promise<OrdersClient> {
  const server = createServer({ logger });
  let outOfStock: ((value: object, message: string) => RpcError) | undefined;
  const unused = (): never => {
    throw new Error("not used");
  };
  server.add(
    OrdersService,
    implement(OrdersService, {
      async placeOrder(_request, { errors }) {
        outOfStock = errors.outOfStock as typeof outOfStock;
        throw errors.outOfStock(
          { orderId: "7", products: [{ productId: "alien", reason: "2 wanted, 1 left" }] },
          "nöt enough",
        );
      },
      async cancelOrder({ id }, { errors }) {
        if (id === "undeclared") throw outOfStock?.({ orderId: "7" }, "secret text");
        if (id === "wrong") throw (errors as never as { outOfStock(): Error }).outOfStock();
        throw FOREIGN[id]?.() ?? errors.tooLateToCancel("too late");
      },
      getOrder: unused,
      listOrders: unused,
      trackOrder: unused,
      quoteBasket: unused,
    }),
  );
  const transport = transportInUse();
  const { address } = await server.listen("127.0.0.1:0", transport.server());
  const channel = createChannel(address, { transport: transport.client() });
  onTestFinished(async () => {
    await channel.close();
    await server.stop({ graceMs: 0 });
  });
  return createClient(OrdersService, channel);
}

test("a declared error arrives with its reason, domain, code, text and detail", async () => {
  const orders = await openOrders();
  const error = await errorOf(orders.placeOrder(ORDER));
  expect(error).toMatchObject({ code: "failed_precondition", message: "nöt enough" });
  expect(error.detail(ErrorInfo)).toMatchObject({
    reason: "OUT_OF_STOCK",
    domain: "shop.orders.v1",
  });
  expect(findError(error, OrdersErrors)).toEqual({
    name: "outOfStock",
    detail: { orderId: "7", products: [{ productId: "alien", reason: "2 wanted, 1 left" }] },
    error,
  });
  const late = await errorOf(orders.cancelOrder({ id: "1" }));
  expect(findError(late, OrdersErrors)).toEqual({
    name: "tooLateToCancel",
    detail: undefined,
    error: late,
  });
  expect(findError(late, CatalogErrors)).toBeUndefined();
});

test("a match calls the function of the error, or the one for all others", async () => {
  const orders = await openOrders();
  const explain = (error: unknown): string =>
    matchError(
      error,
      OrdersErrors,
      {
        outOfStock: ({ products }, { code }) => `${code} ${products[0]?.productId}`,
        tooLateToCancel: (nothing, { message }) => `${nothing} ${message}`,
        unknownOrder: () => "no order",
        unknownProduct: () => "no product",
        requestIdTaken: () => "taken",
      },
      (other) => `other: ${String(other)}`,
    );
  expect(explain(await errorOf(orders.placeOrder(ORDER)))).toBe("failed_precondition alien");
  expect(explain(await errorOf(orders.cancelOrder({ id: "1" })))).toBe("undefined too late");
  expect(explain(new RangeError("boom"))).toBe("other: RangeError: boom");
  expect(explain(undefined)).toBe("other: undefined");
});

test("a declared error that its method does not list is INTERNAL, and only the log says why", async () => {
  const orders = await openOrders();
  await errorOf(orders.placeOrder(ORDER));
  lines.length = 0;
  const error = await errorOf(orders.cancelOrder({ id: "undeclared" }));
  expect(error.code).toBe("internal");
  expect(error.message).toMatch(/^internal error \(id \w+\)$/);
  expect(error.details).toEqual([]);
  expect(lines.join()).toContain(
    "CancelOrder threw OUT_OF_STOCK (shop.orders.v1), which it does not declare",
  );
  // An error of another method is not there at all.
  expect((await errorOf(orders.cancelOrder({ id: "wrong" }))).code).toBe("internal");
});

test.each(Object.keys(FOREIGN))(
  "a plain error with %s is sent, and is none of the declared",
  async (id) => {
    const orders = await openOrders();
    const error = await errorOf(orders.cancelOrder({ id }));
    expect(error.code).toBe("failed_precondition");
    expect(findError(error, OrdersErrors)).toBeUndefined();
  },
);
