import type { CatalogClient, ImportProductsRequest, Product } from "@shop/contracts/catalog";
import { beforeEach, describe, expect, it } from "vitest";
import type { Films } from "../films/films.js";
import { loadFilms } from "./load-films.js";

const drafts = Array.from({ length: 1_200 }, (_, n) => ({
  row: n + 1,
  product: { id: `f-${n}`, film: undefined, priceCents: 1n, initialStock: 1 },
}));
const films: Films = { drafts, rejected: [], omitted: [] };
const never = new AbortController().signal;

let stored: Set<string>;
/** How many drafts came in each import. */
let batches: number[];
let failAt: number;

beforeEach(() => {
  stored = new Set();
  batches = [];
  failAt = Number.POSITIVE_INFINITY;
});

/** Only what loading uses. */
const catalog = {
  async listProducts({ pageSize = 0, pageToken = "" }) {
    const ids = [...stored].sort().filter((id) => id > pageToken);
    const products = ids.slice(0, pageSize).map((id) => ({ id }) as Product);
    return {
      products,
      nextPageToken: ids.length > pageSize ? (products.at(-1)?.id ?? "") : "",
      totalSize: stored.size,
    };
  },
  async importProducts(requests: Iterable<ImportProductsRequest>) {
    if (batches.length === failAt) throw new Error("crash");
    const rows = [...requests];
    batches.push(rows.length);
    for (const { product } of rows) stored.add(product?.id ?? "");
    return {
      received: rows.length,
      created: rows.length,
      unchanged: 0,
      rejected: 0,
      rejections: [],
    };
  },
} as unknown as CatalogClient;

describe("loading the films", () => {
  it("imports them in batches, once", async () => {
    expect(await loadFilms(catalog, films, never)).toEqual({
      present: 0,
      created: 1_200,
      refused: [],
    });
    expect(batches).toEqual([500, 500, 200]);
    expect(await loadFilms(catalog, films, never)).toEqual({
      present: 1_200,
      created: 0,
      refused: [],
    });
    expect(batches).toEqual([500, 500, 200]);
  });

  it("imports the rest after a crash halfway", async () => {
    failAt = 1;
    await expect(loadFilms(catalog, films, never)).rejects.toThrow("crash");
    failAt = Number.POSITIVE_INFINITY;
    expect(await loadFilms(catalog, films, never)).toEqual({
      present: 500,
      created: 700,
      refused: [],
    });
    expect(stored.size).toBe(1_200);
  });

  it("is not misled by products that are no films", async () => {
    for (let n = 0; n < 2_000; n++) stored.add(`other-${n}`);
    expect(await loadFilms(catalog, films, never)).toMatchObject({ created: 1_200 });
  });
});
