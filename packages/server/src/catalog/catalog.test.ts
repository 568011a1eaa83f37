import { createCatalogClient } from "@shop/client";
import { type CatalogClient, CatalogErrors, CatalogService } from "@shop/contracts/catalog";
import { findError, RpcError, type StatusCode } from "@tightwire/core";
import { BadRequest } from "@tightwire/core/details";
import { createServer, inProcess, type Server } from "@tightwire/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testEngines } from "../database/test-database.js";
import { createCatalog } from "./catalog.js";
import { createCatalogStore } from "./catalog-store.js";
import { catalogMigrations } from "./migrations.js";
import type { CatalogDatabase, CatalogTables } from "./tables.js";
import { testDraft } from "./test-drafts.js";

let database: CatalogDatabase;
let server: Server;
let catalog: CatalogClient & { close(): Promise<void> };

beforeAll(async () => {
  const [pglite] = await testEngines();
  if (pglite === undefined) throw new Error("no engine");
  database = await pglite.open<CatalogTables>(catalogMigrations);
  server = createServer().add(CatalogService, createCatalog(createCatalogStore(database)));
  catalog = createCatalogClient("in-process:", { transport: inProcess(server) });
  await catalog.importProducts(
    ["a", "b", "c"].map((id, index) => ({ row: index + 1, product: testDraft(id, 5) })),
  );
}, 30_000);
afterAll(async () => {
  await catalog.close();
  await server.stop({ pauseMs: 0 });
  await database.close();
});

/** Calls and expects an error; gives it. */
async function failure(call: Promise<unknown>, code: StatusCode): Promise<RpcError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RpcError)) throw new Error(`expected ${code}, got ${String(error)}`);
  expect(error.code).toBe(code);
  return error;
}

/** Calls and expects INVALID_ARGUMENT; gives the fields at fault with their reasons. */
async function violations(call: Promise<unknown>): Promise<Record<string, string>> {
  const error = await failure(call, "invalid_argument");
  const found = error.detail(BadRequest)?.fieldViolations ?? [];
  return Object.fromEntries(found.map(({ field, description }) => [field, description]));
}

const first = async (stream: AsyncIterable<unknown>) => {
  for await (const message of stream) return message;
  return undefined;
};
const many = Array.from({ length: 101 }, (_, n) => `id-${n}`);

describe("products", () => {
  it("are found, alone and in the order asked for", async () => {
    expect((await catalog.getProduct({ id: "b" })).product).toMatchObject({
      id: "b",
      stock: 5,
      film: { title: "Film b" },
    });
    expect(
      (await catalog.batchGetProducts({ ids: ["c", "a"] })).products.map(({ id }) => id),
    ).toEqual(["c", "a"]);
  });

  it("that do not exist are NOT_FOUND, each named", async () => {
    const error = await failure(catalog.batchGetProducts({ ids: ["x", "a", "y"] }), "not_found");
    expect(error.message).toBe('no such product: "x", "y"');
    expect(findError(error, CatalogErrors)).toMatchObject({
      name: "unknownProduct",
      detail: { productIds: ["x", "y"] },
    });
    const others = [
      () => catalog.getProduct({ id: "x" }),
      () => first(catalog.watchStock({ productIds: ["a", "x"] })),
    ];
    for (const call of others)
      expect(findError(await failure(call(), "not_found"), CatalogErrors)).toMatchObject({
        name: "unknownProduct",
        detail: { productIds: ["x"] },
      });
  });

  it("are not asked for without an id, with a bad one, twice, or too many at once", async () => {
    expect(await violations(catalog.getProduct({}))).toEqual({
      id: "must match ^[A-Za-z0-9-]{1,64}$",
    });
    expect(await violations(catalog.getProduct({ id: "'; drop table product" }))).toHaveProperty(
      "id",
    );
    expect(await violations(catalog.batchGetProducts({ ids: ["a", "", "a"] }))).toEqual({
      ids: "must not have an item twice",
      "ids[1]": "must match ^[A-Za-z0-9-]{1,64}$",
    });
    expect(await violations(catalog.batchGetProducts({}))).toEqual({
      ids: "must have at least 1 item",
    });
    expect(await violations(catalog.batchGetProducts({ ids: many }))).toEqual({
      ids: "must have at most 100 items",
    });
    expect(await violations(first(catalog.watchStock({})))).toHaveProperty("product_ids");
  });
});

describe("listing", () => {
  it("goes page by page with the tokens it gives, and refuses one under another filter", async () => {
    const one = await catalog.listProducts({ pageSize: 2, filter: { titleContains: "film" } });
    expect(one).toMatchObject({ totalSize: 3, products: [{ id: "a" }, { id: "b" }] });
    const two = await catalog.listProducts({
      pageSize: 2,
      pageToken: one.nextPageToken,
      filter: { titleContains: "film" },
    });
    expect(two).toMatchObject({ totalSize: 3, products: [{ id: "c" }], nextPageToken: "" });
    expect(await violations(catalog.listProducts({ pageToken: one.nextPageToken }))).toEqual({
      page_token: "belongs to a listing with another filter",
    });
  });

  it("reports all faults of a request at once", async () => {
    const broken = { titleContains: "\0", mpaaRatings: [99 as 1] };
    expect(await violations(catalog.listProducts({ pageSize: 1001, filter: broken }))).toEqual({
      page_size: "must be 0 to 1000",
      "filter.title_contains": 'must not contain "\\u0000"',
      "filter.mpaa_ratings[0]": "must be a defined value of the enum",
    });
    const odd = { releasedFrom: { year: 2001, month: 2, day: 29 } };
    expect(await violations(catalog.listProducts({ pageToken: "made up", filter: odd }))).toEqual({
      page_token: "is not a token that a page came with",
      "filter.released_from": "is not a day of the calendar",
    });
    expect(await violations(catalog.listProducts({ pageSize: -1 }))).toHaveProperty("page_size");
  });
});

describe("importing", () => {
  it("keeps the books, and names row, field and reason of what it refuses", async () => {
    const response = await catalog.importProducts([
      { row: 1, product: testDraft("a", 5) },
      { row: 2, product: testDraft("new", 5) },
      { row: 3, product: { ...testDraft("a"), priceCents: 5n } },
      { row: 4, product: { ...testDraft("bad id!") } },
      { row: 5 },
      { row: 6, product: { ...testDraft("d"), initialStock: -1 } },
      { row: 7, product: testDraft("d", 1, { title: " " }) },
    ]);
    expect(response).toMatchObject({ received: 7, created: 1, unchanged: 1, rejected: 5 });
    expect(response.rejections).toEqual([
      { row: 3, field: "product.id", reason: '"a" exists already with other content' },
      { row: 4, field: "product.id", reason: "must be 1 to 64 letters, digits and hyphens" },
      { row: 5, field: "product", reason: "must be there" },
      { row: 6, field: "product.initial_stock", reason: "must not be below zero" },
      { row: 7, field: "product.film.title", reason: "must not be empty" },
    ]);
  });

  it("of nothing, of more than a batch, and of more than 100 faults", async () => {
    expect(await catalog.importProducts([])).toMatchObject({ received: 0, created: 0 });
    const drafts = Array.from({ length: 450 }, (_, n) => ({
      row: n + 1,
      product: testDraft(`batch-${n}`),
    }));
    expect(await catalog.importProducts(drafts)).toMatchObject({ received: 450, created: 450 });
    expect(await catalog.importProducts(drafts)).toMatchObject({
      received: 450,
      created: 0,
      unchanged: 450,
    });
    const bad = await catalog.importProducts(
      Array.from({ length: 150 }, (_, n) => ({ row: n + 1 })),
    );
    expect([bad.rejected, bad.rejections.length]).toEqual([150, 100]);
  });
});

describe("reserving", () => {
  it("refuses bad lines, all named, and changes nothing", async () => {
    const lines = [
      { productId: "a", quantity: 0 },
      { productId: "a", quantity: -2 },
      { productId: "", quantity: 1_000_001 },
    ];
    expect(await violations(catalog.reserveStock({ lines }))).toEqual({
      reservation_id: "must match \\S",
      "lines[0].quantity": "must be 1 to 1000000",
      "lines[1].quantity": "must be 1 to 1000000",
      "lines[2].product_id": "must match ^[A-Za-z0-9-]{1,64}$",
      "lines[2].quantity": "must be 1 to 1000000",
    });
    expect(await violations(catalog.reserveStock({ reservationId: "r" }))).toEqual({
      lines: "must have at least 1 item",
    });
    const twice = [{ productId: "a", quantity: 1 }];
    expect(
      await violations(catalog.reserveStock({ reservationId: "r", lines: [...twice, ...twice] })),
    ).toEqual({ "lines[1].product_id": '"a" is there twice' });
    expect(await violations(catalog.releaseStock({ reservationId: "\0" }))).toHaveProperty(
      "reservation_id",
    );
    expect((await catalog.getProduct({ id: "a" })).product?.stock).toBe(5);
  });

  it("names each product of which there is too little", async () => {
    const lines = [
      { productId: "a", quantity: 6 },
      { productId: "b", quantity: 1 },
      { productId: "c", quantity: 7 },
    ];
    const error = await failure(
      catalog.reserveStock({ reservationId: "short", lines }),
      "failed_precondition",
    );
    expect(findError(error, CatalogErrors)).toMatchObject({
      name: "tooLittleStock",
      detail: {
        shortages: [
          { productId: "a", wanted: 6, left: 5 },
          { productId: "c", wanted: 7, left: 5 },
        ],
      },
    });
    const unknown = await failure(
      catalog.reserveStock({ reservationId: "none", lines: [{ productId: "x", quantity: 1 }] }),
      "not_found",
    );
    expect(findError(unknown, CatalogErrors)).toMatchObject({ detail: { productIds: ["x"] } });
  });

  it("gives the same response a second time, and ALREADY_EXISTS for other lines", async () => {
    const lines = [{ productId: "b", quantity: 1 }];
    const one = await catalog.reserveStock({ reservationId: "same", lines });
    expect(await catalog.reserveStock({ reservationId: "same", lines })).toEqual(one);
    const taken = await failure(
      catalog.reserveStock({ reservationId: "same", lines: [{ productId: "b", quantity: 2 }] }),
      "already_exists",
    );
    expect(findError(taken, CatalogErrors)?.name).toBe("reservationTaken");
    expect(
      (await catalog.releaseStock({ reservationId: "same" })).reservation?.releaseTime,
    ).toBeDefined();
    const error = await failure(
      catalog.reserveStock({ reservationId: "same", lines }),
      "failed_precondition",
    );
    expect(findError(error, CatalogErrors)?.name).toBe("alreadyReleased");
    expect(await catalog.releaseStock({ reservationId: "never was" })).toEqual({
      reservation: undefined,
    });
  });

  it("is seen by those who watch", async () => {
    const stream = catalog.watchStock({ productIds: ["c"] })[Symbol.asyncIterator]();
    expect((await stream.next()).value).toMatchObject({ productId: "c", stock: 5 });
    await catalog.reserveStock({
      reservationId: "watched",
      lines: [{ productId: "c", quantity: 2 }],
    });
    expect((await stream.next()).value).toMatchObject({
      productId: "c",
      stock: 3,
      changeTime: { nanos: expect.any(Number) },
    });
    await stream.return?.();
  });

  it("is not watched on a server that drains: its watchers are UNAVAILABLE at once", async () => {
    const handlers = createCatalog(createCatalogStore(database));
    const stopping = createServer().add(CatalogService, handlers);
    const client = createCatalogClient("in-process:", { transport: inProcess(stopping) });
    const stream = client.watchStock({ productIds: ["a"] })[Symbol.asyncIterator]();
    await stream.next();
    const stopped = stopping.stop({ pauseMs: 0, graceMs: Number.POSITIVE_INFINITY });
    const error = await failure(stream.next(), "unavailable");
    expect(error.message).toContain("the server is shutting down");
    await stopped;
    await client.close();
  });
});
