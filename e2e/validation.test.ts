import { CatalogService } from "@shop/contracts/catalog";
import { OrdersService, PlaceOrderRequestSchema } from "@shop/contracts/orders";
import { type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import { RpcError } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { createServer, implement, type ServerOptions } from "@tightwire/server";
import { errorOf } from "@tightwire/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { ORDER } from "./shop-order.js";
import { transportInUse } from "./transport-in-use.js";

/** What the handlers got. */
let seen: string[];
let logged: string[];

beforeEach(() => {
  seen = [];
  logged = [];
});

const logger = {
  debug() {},
  info() {},
  warn() {},
  error: (fields: object) => void logged.push(JSON.stringify(fields)),
};

const unused = (): never => {
  throw new RpcError("unimplemented", "not used");
};

const orders = implement(OrdersService, {
  async placeOrder({ requestId }) {
    seen.push(`order ${requestId}`);
    return { order: undefined };
  },
  async getOrder({ id }) {
    seen.push(`get ${id}`);
    const buyer = { name: "", email: "secret", address: "x" };
    const times = { createTime: undefined, updateTime: undefined };
    return {
      order: { id, status: 1, buyer, lines: [], payment: undefined, totalCents: 0n, ...times },
    };
  },
  listOrders: unused,
  cancelOrder: unused,
  async *trackOrder({ id }) {
    seen.push(`track ${id}`);
    yield { id, status: 1, changeTime: undefined };
  },
  async *quoteBasket(requests) {
    for await (const { change } of requests) {
      seen.push(`quote ${change?.value.productId}`);
      yield { lines: [], totalCents: 0n };
    }
  },
});

const catalog = implement(CatalogService, {
  getProduct: unused,
  batchGetProducts: unused,
  listProducts: unused,
  importProducts: unused,
  watchStock: unused,
  reserveStock: unused,
  releaseStock: unused,
});

async function open(channelOptions: ChannelOptions = {}, serverOptions: ServerOptions = {}) {
  const server = createServer({ logger, ...serverOptions });
  server.add(OrdersService, orders).add(CatalogService, catalog);
  const transport = transportInUse();
  const { address } = await server.listen("127.0.0.1:0", transport.server());
  const channel = createChannel(address, { transport: transport.client(), ...channelOptions });
  onTestFinished(async () => {
    await channel.close();
    await server.stop({ graceMs: 0 });
  });
  return {
    orders: createClient(OrdersService, channel),
    catalog: createClient(CatalogService, channel),
  };
}

/** `field rule` of each violation that an error carries. */
function violationsOf(error: RpcError): string[] {
  const found = error.detail(BadRequest)?.fieldViolations ?? [];
  return found.map(({ field, reason }) => `${field} ${reason}`);
}

const BROKEN = {
  ...ORDER,
  buyer: { name: "Ann", email: "", address: "x" },
  lines: [
    { productId: "alien", quantity: 1 },
    { productId: "a b", quantity: 0 },
  ],
  payment: { $case: "card", value: { number: "secret", expiryMonth: 13, expiryYear: 2030 } },
} as const;

const BROKEN_RULES = [
  "buyer.email STRING_EMAIL_EMPTY",
  "lines[1].product_id STRING_PATTERN",
  "lines[1].quantity INT32_GTE_LTE",
  "card.number STRING_PATTERN",
  "card.expiry_month INT32_GTE_LTE",
];

test.each<[side: string, origin: string, options: ChannelOptions]>([
  ["client", "local", {}],
  ["server", "peer", { validateRequests: false }],
])("the %s refuses a request that breaks rules, before the handler", async (_, origin, options) => {
  const { orders } = await open(options);
  const error = await errorOf(orders.placeOrder(BROKEN));
  expect(error).toMatchObject({
    code: "invalid_argument",
    origin,
    message:
      "the request of /shop.orders.v1.OrdersService/PlaceOrder is not valid: " +
      "buyer.email must be an email address (and 4 more)",
  });
  expect(violationsOf(error)).toEqual(BROKEN_RULES);
  expect(
    JSON.stringify([error.message, error.details.map(({ value }) => `${value}`)]),
  ).not.toContain("secret");
  expect(seen).toEqual([]);
  await orders.placeOrder(ORDER);
  expect(seen).toEqual(["order 1"]);
});

test("a client that refuses its request does not connect", async () => {
  const transport = {
    ...transportInUse().client(),
    connect: () => {
      throw new Error("it connected");
    },
  };
  const channel = createChannel("127.0.0.1:1", { transport });
  onTestFinished(() => channel.close());
  const client = createClient(OrdersService, channel);
  const errors = [
    await errorOf(client.placeOrder({})),
    await errorOf(client.trackOrder({ id: "" })[Symbol.asyncIterator]().next()),
  ];
  for (const error of errors)
    expect(error).toMatchObject({ code: "invalid_argument", outcome: "not-processed" });
  expect(violationsOf(errors[0] as RpcError)).toEqual([
    "request_id STRING_PATTERN",
    "buyer REQUIRED",
    "lines REPEATED_MIN_ITEMS",
    "payment REQUIRED",
  ]);
});

test.each<[side: string, options: ChannelOptions]>([
  ["client", {}],
  ["server", { validateRequests: false }],
])("the %s refuses each message of a stream by itself", async (_, options) => {
  const { orders } = await open(options);
  const add = (productId: string) =>
    ({ change: { $case: "add", value: { productId, quantity: 1 } } }) as const;
  async function* requests() {
    yield add("alien");
    yield add("not an id");
  }
  const responses = orders.quoteBasket(requests());
  const error = await errorOf(
    (async () => {
      for await (const _response of responses);
    })(),
  );
  expect(error.code).toBe("invalid_argument");
  expect(violationsOf(error)).toEqual(["add.product_id STRING_PATTERN"]);
  expect(seen.every((line) => line === "quote alien")).toBe(true);

  const tracked = orders.trackOrder({ id: "x y" })[Symbol.asyncIterator]();
  expect(violationsOf(await errorOf(tracked.next()))).toEqual(["id STRING_PATTERN"]);
});

test("of 200 broken items those are told that fit, and how many there were", async () => {
  const { orders } = await open({ validateRequests: false });
  const lines = Array.from({ length: 200 }, () => ({ productId: "", quantity: 1 }));
  const error = await errorOf(orders.placeOrder({ ...ORDER, lines }));
  expect(error.message).toContain("lines must have at most 100 items (and 200 more)");
  const told = violationsOf(error);
  expect(told.length).toBeGreaterThan(50);
  expect(told.length).toBeLessThanOrEqual(100);
  expect(told[50]).toBe("lines[49].product_id STRING_PATTERN");
  // Other implementations accept 8 KiB of trailers by default, in which it is base64.
  const bytes = error.details.reduce((sum, { value }) => sum + value.byteLength, 0);
  expect(bytes).toBeLessThan(6_000);
});

test("responses are checked where the server wants it, and only its log says what is wrong", async () => {
  const plain = await open();
  expect((await plain.orders.getOrder({ id: "7" })).order?.id).toBe("7");
  const { orders } = await open({}, { validateResponses: true });
  const error = await errorOf(orders.getOrder({ id: "7" }));
  expect(error.code).toBe("internal");
  expect(error.message).toMatch(/^internal error \(id \w+\)$/);
  expect(error.details).toEqual([]);
  expect(logged.join()).toContain(
    "OrdersService/GetOrder is not valid: order.buyer.name must match",
  );
  expect(logged.join()).not.toContain("secret");
});

test("a request is a Standard Schema, with TypeScript's paths", () => {
  const { validate, vendor, version } = PlaceOrderRequestSchema["~standard"];
  expect([vendor, version]).toEqual(["tightwire", 1]);
  expect(validate(ORDER)).toEqual({ value: expect.objectContaining({ requestId: "1" }) });
  expect(validate(BROKEN)).toEqual({
    issues: [
      { path: ["buyer", "email"], message: "must be an email address" },
      { path: ["lines", 1, "productId"], message: "must match ^[A-Za-z0-9-]{1,64}$" },
      { path: ["lines", 1, "quantity"], message: "must be 1 to 1000000" },
      { path: ["payment", "value", "number"], message: "must match ^(?:[0-9]{4}|[0-9]{12,19})$" },
      { path: ["payment", "value", "expiryMonth"], message: "must be 1 to 12" },
    ],
  });
  for (const [value, kind] of [
    [null, "null"],
    [[], "an array"],
    ["x", "string"],
    [undefined, "undefined"],
  ])
    expect(validate(value)).toEqual({ issues: [{ message: `must be an object (got ${kind})` }] });
  expect(validate({ ...ORDER, lines: 5 })).toHaveProperty("issues");
  expect(validate({ ...ORDER, lines: [{ productId: 5, quantity: "x" }] })).toHaveProperty("issues");
});
