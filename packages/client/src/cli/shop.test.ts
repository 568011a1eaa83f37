import { type CatalogHandlers, CatalogService } from "@shop/contracts/catalog";
import { OrderStatus, type OrdersHandlers, OrdersService } from "@shop/contracts/orders";
import { badRequest, RpcError } from "@tightwire/core";
import { createServer, type Served, serve } from "@tightwire/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runShop } from "./shop.js";

const time = { seconds: 1_700_000_000n, nanos: 5_000_000 };
const film = {
  title: "Alien³",
  releaseDate: { year: 1992, month: 5, day: 22 },
  genre: "Horror",
  mpaaRating: 4 as const,
  distributor: "",
  director: "David Fincher",
  worldwideGross: 2767891499n,
};
const product = { id: "alien", film, priceCents: 1205n, stock: 3, createTime: time };
const order = {
  id: "o-1",
  status: OrderStatus.ORDER_STATUS_CONFIRMED,
  buyer: { name: "Ada", email: "e", address: "a" },
  lines: [{ productId: "alien", title: "Alien³", quantity: 2, unitPriceCents: 1205n }],
  payment: undefined,
  totalCents: 2410n,
  createTime: time,
  updateTime: time,
};

/** The requests that came, in order. */
let seen: unknown[];
let served: Served;

const respond =
  <T>(response: T) =>
  async (request: unknown): Promise<T> => {
    seen.push(request);
    return response;
  };

const catalog: CatalogHandlers = {
  async getProduct({ id }, { errors }) {
    if (id === "none") throw errors.unknownProduct({ productIds: [id] }, "no such product");
    if (id !== "alien")
      throw new RpcError("invalid_argument", "id is wrong", {
        details: [badRequest({ id: "must be alien" })],
      });
    return { product };
  },
  batchGetProducts: respond({ products: [product] }),
  listProducts: respond({ products: [product], nextPageToken: "more", totalSize: 7 }),
  importProducts: respond({ received: 0, created: 0, unchanged: 0, rejected: 0, rejections: [] }),
  async *watchStock({ productIds: [productId = ""] }) {
    yield { productId, stock: 3, changeTime: time };
    yield { productId, stock: 2, changeTime: time };
  },
  reserveStock: respond({ reservation: undefined }),
  releaseStock: respond({ reservation: undefined }),
};
const orders: OrdersHandlers = {
  placeOrder: respond({ order }),
  async getOrder({ id }, { errors }) {
    if (id === "none") throw errors.unknownOrder('no such order: "none"');
    return respond({ order })({ id });
  },
  listOrders: respond({ orders: [order], nextPageToken: "", totalSize: 1 }),
  cancelOrder: respond({ order }),
  async *trackOrder({ id }) {
    yield { id, status: OrderStatus.ORDER_STATUS_CANCELLED, changeTime: time };
  },
  async *quoteBasket() {},
};

beforeAll(async () => {
  const server = createServer().add(CatalogService, catalog).add(OrdersService, orders);
  served = await serve(server, { address: "127.0.0.1:0", signals: [] });
});
beforeEach(() => {
  seen = [];
});
afterAll(() => served.stop({ pauseMs: 0 }));

/** Runs the command against the server above. */
async function shop(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const env = { SHOP_CATALOG: served.address, SHOP_ORDERS: served.address };
  const code = await runShop(args, {
    env,
    signal: new AbortController().signal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out, err };
}

describe("the shop command", () => {
  it("lists products as a table, with how to go on", async () => {
    expect(
      await shop("products", "list", "--title", "ali", "--in-stock", "--page-size", "1"),
    ).toEqual({
      code: 0,
      err: [],
      out: [
        "ID     TITLE   RELEASED    GENRE   PRICE   STOCK",
        "alien  Alien³  1992-05-22  Horror  $12.05  3",
        "1 of 7",
        "next page: --page-token more",
      ],
    });
    expect(seen).toMatchObject([
      {
        pageSize: 1,
        pageToken: "",
        filter: { titleContains: "ali", genre: undefined, inStock: true },
      },
    ]);
  });

  it("prints a whole response as JSON, int64 as text and times as ISO", async () => {
    const { out } = await shop("products", "get", "alien", "--json");
    expect(JSON.parse(out.join("\n"))).toMatchObject({
      priceCents: "1205",
      film: { worldwideGross: "2767891499" },
      createTime: "2023-11-14T22:13:20.005Z",
    });
  });

  it("prints a stream as it comes, a line a message", async () => {
    expect((await shop("products", "watch", "alien")).out).toEqual([
      "2023-11-14T22:13:20.005Z  alien  3 left",
      "2023-11-14T22:13:20.005Z  alien  2 left",
    ]);
    expect((await shop("orders", "track", "o-1", "--json")).out).toEqual([
      '{"id":"o-1","status":3,"changeTime":"2023-11-14T22:13:20.005Z"}',
    ]);
  });

  it("places an order, with a request id of its own unless one is given", async () => {
    const buyer = ["--name", "Ada", "--email", "a@b", "--address", "x"];
    const { code, out } = await shop(
      "orders",
      "place",
      ...buyer,
      "--card",
      "4111111111111111",
      "--expiry",
      "12/2030",
      "alien:2",
      "other",
    );
    expect([code, out.at(-1)]).toEqual([0, "line    2 x Alien³ (alien) at $12.05"]);
    expect(seen).toMatchObject([
      {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        lines: [
          { productId: "alien", quantity: 2 },
          { productId: "other", quantity: 1 },
        ],
        payment: {
          $case: "card",
          value: { number: "4111111111111111", expiryMonth: 12, expiryYear: 2030 },
        },
      },
    ]);
    await shop("orders", "place", ...buyer, "--invoice", "PO", "--request-id", "mine", "alien");
    expect(seen[1]).toMatchObject({
      requestId: "mine",
      payment: { $case: "invoice", value: { reference: "PO" } },
    });
  });

  it("gets, lists and cancels orders", async () => {
    expect((await shop("orders", "get", "o-1")).out).toContain("status  confirmed");
    expect((await shop("orders", "list", "--status", "confirmed")).out).toContain("1 of 1");
    expect((await shop("orders", "cancel", "o-1")).code).toBe(0);
    expect(seen).toMatchObject([
      { id: "o-1" },
      { filter: { statuses: [OrderStatus.ORDER_STATUS_CONFIRMED] } },
      { id: "o-1" },
    ]);
  });

  it("prints a failed call with each invalid field, and fails", async () => {
    expect(await shop("products", "get", "x")).toEqual({
      code: 1,
      out: [],
      err: ["invalid_argument: id is wrong", "  id must be alien"],
    });
  });

  it("says what to do about an error that the contract declares", async () => {
    expect(await shop("products", "get", "none")).toEqual({
      code: 1,
      out: [],
      err: ["not in the catalog: none", "  `shop products list` shows what there is"],
    });
    expect((await shop("orders", "get", "none")).err).toEqual([
      'no such order: "none"',
      "  `shop orders list` shows all orders",
    ]);
  });

  it("prints the targets when no server responds", async () => {
    const { code, err } = await shop("products", "get", "x", "--catalog", "127.0.0.1:1");
    expect([code, err.at(-1)]).toEqual([
      1,
      `  is the shop running? catalog is 127.0.0.1:1 (--catalog, SHOP_CATALOG), orders ${served.address} (--orders, SHOP_ORDERS)`,
    ]);
  });

  it.each<[string[], string]>([
    [["products", "get"], "something is missing"],
    [["products", "get", "a", "b"], '"b" is too much'],
    [["products", "list", "--page-size", "many"], '--page-size takes a whole number, not "many"'],
    [["products", "list", "--pages", "1"], "Unknown option '--pages'"],
    [
      ["orders", "list", "--status", "lost"],
      '"lost" is not a status: pending, confirmed, cancelled, rejected are',
    ],
    [["orders", "place", "a"], "say how it is paid"],
    [["orders", "place", "--card", "4111", "a"], "--card needs --expiry <MM/YYYY>"],
    [["orders", "place", "--invoice", "x", "a:b"], '"a:b" is not a film and its quantity'],
    [["products", "get", "a", "--catalog", "bad target:::"], '"bad target:::" is not a target'],
    [["fly"], 'there is no command "fly"'],
  ])("refuses %j before it calls anybody", async (args, message) => {
    const { code, out, err } = await shop(...args);
    expect([code, out, seen]).toEqual([2, [], []]);
    expect(err[0]).toContain(message);
    expect(err.join("\n")).toContain("usage: shop ");
  });

  it("helps", async () => {
    expect((await shop()).out[0]).toBe(
      "usage: shop <command> [--json] [--catalog <target>] [--orders <target>]",
    );
    expect(await shop("orders", "get", "--help")).toMatchObject({
      code: 0,
      out: ["usage: shop orders get <id>", "one order"],
    });
  });
});
