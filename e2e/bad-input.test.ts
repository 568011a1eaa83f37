import { connect } from "node:http2";
import { createCatalogClient, createOrdersClient } from "@shop/client";
import { RpcError, STATUS_CODES } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { eventually } from "@tightwire/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Shop, type ShopProcess, startShop } from "./shop-process.js";
import { transportInUse } from "./transport-in-use.js";

/** How a call that was refused ended: its status, and the fields that it was told are at fault. */
interface Refusal {
  readonly code: string;
  readonly fields: readonly string[];
}

type Row = [
  what: string,
  asked: "catalog" | "orders",
  method: string,
  code: string,
  fields: string[],
  ask: () => Promise<Refusal>,
];

interface LogLine {
  readonly msg: string;
  readonly side?: string;
  readonly method?: string;
  readonly code?: string;
}

const BUYER = { name: "Ada", email: "ada@example.org", address: "1 Road" };
const INVOICE = { $case: "invoice", value: { reference: "PO 1" } } as const;

let shop: Shop;
let catalog: ReturnType<typeof createCatalogClient>;
let orders: ReturnType<typeof createOrdersClient>;

beforeAll(async () => {
  shop = await startShop();
  // The services are to refuse, not their clients.
  const options = { validateRequests: false };
  const transport = transportInUse().client();
  catalog = createCatalogClient(shop.catalog.address, { transport, ...options });
  orders = createOrdersClient(shop.orders.address, { transport, ...options });
  await catalog.importProducts([
    {
      row: 1,
      product: { id: "alien", film: { title: "Alien" }, priceCents: 1000n, initialStock: 10 },
    },
  ]);
  await orders.placeOrder({
    requestId: "good",
    buyer: BUYER,
    lines: [{ productId: "alien", quantity: 1 }],
    payment: INVOICE,
  });
}, 60_000);

afterAll(async () => {
  await Promise.all([catalog?.close(), orders?.close()]);
  await shop?.close();
}, 30_000);

const placing = (productId: string, quantity: number): Promise<Refusal> =>
  refusalOf(
    orders.placeOrder({
      requestId: "bad",
      buyer: BUYER,
      lines: [{ productId, quantity }],
      payment: INVOICE,
    }),
  );
const reserving = (productId: string, quantity: number): Promise<Refusal> =>
  refusalOf(catalog.reserveStock({ reservationId: "bad", lines: [{ productId, quantity }] }));

describe("bad input gets a precise status, names the field, is logged once and changes nothing", () => {
  test.each<Row>([
    [
      "a negative quantity",
      "catalog",
      "ReserveStock",
      "invalid_argument",
      ["lines[0].quantity"],
      () => reserving("alien", -2),
    ],
    [
      "a negative quantity",
      "orders",
      "PlaceOrder",
      "invalid_argument",
      ["lines[0].quantity"],
      () => placing("alien", -2),
    ],
    [
      "a page token that no page came with",
      "catalog",
      "ListProducts",
      "invalid_argument",
      ["page_token"],
      () => refusalOf(catalog.listProducts({ pageToken: "nonsense" })),
    ],
    [
      "a page token that no page came with",
      "orders",
      "ListOrders",
      "invalid_argument",
      ["page_token"],
      () => refusalOf(orders.listOrders({ pageToken: "nonsense" })),
    ],
    [
      "an unknown film",
      "catalog",
      "GetProduct",
      "not_found",
      [],
      () => refusalOf(catalog.getProduct({ id: "no-such-film" })),
    ],
    [
      "an unknown film",
      "catalog",
      "ReserveStock",
      "not_found",
      [],
      () => reserving("no-such-film", 1),
    ],
    ["an unknown film", "orders", "PlaceOrder", "not_found", [], () => placing("no-such-film", 1)],
    [
      "a message cut short",
      "catalog",
      "GetProduct",
      "invalid_argument",
      [],
      () => raw("GetProduct", frame(0x0a, 0x05, 0x61)),
    ],
    [
      "text that is not UTF-8",
      "catalog",
      "GetProduct",
      "invalid_argument",
      [],
      () => raw("GetProduct", frame(0x0a, 0x02, 0xff, 0xfe)),
    ],
    ...[
      { what: "the field number 0", bytes: [0x00, 0x01] },
      { what: "a tag of six bytes", bytes: [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00] },
      { what: "the end of a group that is not open", bytes: [0x0c] },
      { what: "an unknown group without an end", bytes: [0xfb, 0x01, 0x08, 0x01] },
    ].map(
      ({ what, bytes }): Row => [
        what,
        "catalog",
        "GetProduct",
        "invalid_argument",
        [],
        () => raw("GetProduct", frame(...bytes)),
      ],
    ),
    [
      "an unknown method",
      "catalog",
      "NoSuchMethod",
      "unimplemented",
      [],
      () => raw("NoSuchMethod", frame()),
    ],
    [
      "a message over the limit",
      "catalog",
      "GetProduct",
      "resource_exhausted",
      [],
      () => raw("GetProduct", Buffer.from([0, 0x7f, 0, 0, 0])),
    ],
    ...["12parsecs", "999999999S", "-1S"].map(
      (timeout): Row => [
        `a timeout of ${timeout}`,
        "catalog",
        "GetProduct",
        "internal",
        [],
        () => raw("GetProduct", frame(), { "grpc-timeout": timeout }),
      ],
    ),
  ])("%s, to %s's %s: %s %j", async (_what, asked, method, code, fields, ask) => {
    const before = await rows();
    const lines = linesFrom(shop[asked]);
    expect(await ask()).toEqual({ code, fields });
    expect(await rows()).toEqual(before);
    const path = expect.stringMatching(
      new RegExp(`\\.${asked === "catalog" ? "CatalogService" : "OrdersService"}/${method}$`),
    );
    expect(
      lines()
        .filter(({ side }) => side !== "client")
        .slice(0, -1),
    ).toEqual([expect.objectContaining({ msg: "call", side: "server", method: path, code })]);
  });
});

/**
 * What callers can see of both databases. Each service has then logged all that came before, and
 * the listing last.
 */
async function rows(): Promise<object> {
  const logged = [linesFrom(shop.catalog), linesFrom(shop.orders)];
  const { products } = await catalog.listProducts({ pageSize: 100 });
  const { orders: placed } = await orders.listOrders({ pageSize: 100 });
  for (const lines of logged) {
    await eventually(() =>
      expect(lines().at(-1)).toMatchObject({
        method: expect.stringMatching(/\/List(Products|Orders)$/),
        code: "ok",
      }),
    );
  }
  return { products, placed };
}

/** What a service logs from here on. */
function linesFrom(service: ShopProcess): () => LogLine[] {
  const from = service.written().length;
  const whole = (): string =>
    service
      .written()
      .slice(from)
      .replace(/[^\n]*$/, "");
  return () =>
    whole()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LogLine);
}

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RpcError)) throw new Error("the call was not refused", { cause: error });
  return {
    code: error.code,
    fields: error.detail(BadRequest)?.fieldViolations.map(({ field }) => field) ?? [],
  };
}

function frame(...message: number[]): Buffer {
  return Buffer.from([0, 0, 0, 0, message.length, ...message]);
}

/** Sends what no client would to a method of the catalog. */
async function raw(
  method: string,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<Refusal> {
  const session = connect(`http://${shop.catalog.address}`);
  try {
    const status = await new Promise((resolve, reject) => {
      const path = `/shop.catalog.v1.CatalogService/${method}`;
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        ...headers,
      });
      stream.on("response", (head) => "grpc-status" in head && resolve(head["grpc-status"]));
      stream.on("trailers", (trailers) => resolve(trailers["grpc-status"]));
      stream.on("error", reject);
      stream.resume().end(body);
    });
    return { code: STATUS_CODES[Number(status)] ?? `${status}`, fields: [] };
  } finally {
    session.destroy();
  }
}
