import { randomUUID } from "node:crypto";
import { MpaaRating, type ProductFilter } from "@shop/contracts/catalog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testEngines } from "../database/test-database.js";
import type { PagePosition } from "../paging/page-token.js";
import { type CatalogStore, createCatalogStore } from "./catalog-store.js";
import { catalogMigrations } from "./migrations.js";
import type { CatalogDatabase, CatalogTables } from "./tables.js";
import { testDraft } from "./test-drafts.js";

const everything: ProductFilter = {
  releasedFrom: undefined,
  releasedTo: undefined,
  mpaaRatings: [],
  inStock: false,
};

for (const engine of await testEngines()) {
  describe.skipIf(!engine.available)(`the catalog's store on ${engine.name}`, () => {
    let database: CatalogDatabase;
    let store: CatalogStore;
    beforeAll(async () => {
      database = await engine.open<CatalogTables>(catalogMigrations);
      store = createCatalogStore(database);
    }, 30_000);
    afterAll(async () => {
      await database.close();
      await engine.clean();
    });

    /** A new product with so much stock; gives its id. */
    const product = async (stock: number) => {
      const id = `p-${randomUUID()}`;
      await store.importProducts([testDraft(id, stock)]);
      return id;
    };
    const stockOf = async (id: string) => (await store.findProducts([id]))[0]?.stock;

    describe("importing", () => {
      it("keeps every field, text with broken letters and a gross past int32 among them", async () => {
        const film = {
          title: "AstÈrix³ 'quoted' %_",
          releaseDate: { year: 1928, month: 2, day: 29 },
          genre: "Comedy",
          mpaaRating: MpaaRating.MPAA_RATING_NC_17,
          distributor: "d",
          director: "é",
          runningTimeMinutes: 46,
          usGross: 0n,
          worldwideGross: 2767891499n,
          productionBudget: 218n,
          imdbRating: 9.2,
          imdbVotes: 519541,
          rottenTomatoesRating: 0,
        };
        expect(await store.importProducts([testDraft("whole", 3, film)])).toEqual(["created"]);
        const [found] = await store.findProducts(["whole"]);
        expect(found).toMatchObject({ id: "whole", film, priceCents: 999n, stock: 3 });
      });

      it("keeps absent fields absent", async () => {
        const id = await product(1);
        const [found] = await store.findProducts([id]);
        expect(found?.film?.usGross).toBeUndefined();
        expect(found?.film?.releaseDate).toBeUndefined();
      });

      it("again changes nothing, its stock least of all; other content under the id is a conflict", async () => {
        const [id, other] = [await product(5), `p-${randomUUID()}`];
        await store.reserve(randomUUID(), [{ productId: id, quantity: 2 }]);
        const outcomes = await store.importProducts([
          testDraft(id, 5),
          testDraft(other),
          testDraft(other),
          { ...testDraft(id), priceCents: 1n },
          testDraft(other, 5, { title: "Other" }),
        ]);
        expect(outcomes).toEqual(["unchanged", "created", "unchanged", "conflict", "conflict"]);
        expect(await stockOf(id)).toBe(3);
      });

      it("takes 500 drafts at once", async () => {
        const drafts = Array.from({ length: 500 }, (_, n) => testDraft(`many-${n}`));
        expect(new Set(await store.importProducts(drafts))).toEqual(new Set(["created"]));
      });
    });

    it("finds products in the order of the ids and leaves unknown ones out", async () => {
      const [a, b] = [await product(1), await product(1)];
      expect((await store.findProducts([b, "no-such", a])).map(({ id }) => id)).toEqual([b, a]);
    });

    describe("listing", () => {
      const genre = "Listed";
      beforeAll(async () => {
        const film = (
          title: string,
          year: number,
          mpaaRating: MpaaRating = MpaaRating.MPAA_RATING_R,
        ) => ({
          genre,
          title,
          mpaaRating,
          releaseDate: { year, month: 6, day: 15 },
        });
        await store.importProducts([
          testDraft("l-1", 1, film("b", 1990)),
          testDraft("l-2", 0, film("B", 1991)),
          testDraft("l-3", 1, film("Ábc", 1992, MpaaRating.MPAA_RATING_G)),
          testDraft("l-5", 1, film("a 100%", 1993)),
          testDraft("l-4", 1, film("a 100%", 1993)),
          testDraft("l-6", 1, { genre, title: "no date" }),
        ]);
      });

      it("goes by title and id, bytewise, in pages that lose and repeat nothing", async () => {
        const seen: string[] = [];
        let after: PagePosition | undefined;
        do {
          const page = await store.listProducts({ ...everything, genre }, 2, after);
          expect(page.totalSize).toBe(6);
          expect(page.products.length).toBeLessThanOrEqual(2);
          seen.push(...page.products.map(({ id }) => id));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(["l-2", "l-4", "l-5", "l-1", "l-6", "l-3"]);
      });

      it("is not moved by a product that comes between two pages", async () => {
        const first = await store.listProducts({ ...everything, genre: "Moving" }, 1);
        expect(first).toEqual({ products: [], next: undefined, totalSize: 0 });
        await store.importProducts(
          ["m", "n", "o"].map((title) => testDraft(`mv-${title}`, 1, { title, genre: "Moving" })),
        );
        const page = await store.listProducts({ ...everything, genre: "Moving" }, 2);
        await store.importProducts([testDraft("mv-a", 1, { title: "a", genre: "Moving" })]);
        const rest = await store.listProducts({ ...everything, genre: "Moving" }, 2, page.next);
        expect(rest.products.map(({ id }) => id)).toEqual(["mv-o"]);
      });

      it.each<[string, Partial<ProductFilter>, string[]]>([
        ["title in any case, past ASCII too", { titleContains: "áB" }, ["l-3"]],
        ["title with what LIKE would read as a pattern", { titleContains: "0%" }, ["l-4", "l-5"]],
        [
          "released from",
          { releasedFrom: { year: 1992, month: 6, day: 15 } },
          ["l-4", "l-5", "l-3"],
        ],
        ["released to", { releasedTo: { year: 1990, month: 6, day: 15 } }, ["l-1"]],
        ["rating", { mpaaRatings: [MpaaRating.MPAA_RATING_G, MpaaRating.MPAA_RATING_PG] }, ["l-3"]],
        ["in stock, and title", { inStock: true, titleContains: "b" }, ["l-1", "l-3"]],
      ])("filters by %s", async (_name, filter, ids) => {
        const page = await store.listProducts({ ...everything, genre, ...filter }, 10);
        expect(page.products.map(({ id }) => id)).toEqual(ids);
        expect(page.totalSize).toBe(ids.length);
      });
    });

    describe("reserving", () => {
      it("takes stock; the same again, in any order of lines, takes nothing and gives the same result", async () => {
        const [a, b, id] = [await product(5), await product(5), randomUUID()];
        const lines = [
          { productId: a, quantity: 2 },
          { productId: b, quantity: 5 },
        ];
        const first = await store.reserve(id, lines);
        expect(first).toMatchObject({
          kind: "reserved",
          reservation: { id, lines, releaseTime: undefined },
        });
        expect(await store.reserve(id, lines.toReversed())).toEqual(first);
        expect([await stockOf(a), await stockOf(b)]).toEqual([3, 0]);
      });

      it("takes nothing when one line is short, and names each short line", async () => {
        const [a, b, c, id] = [await product(5), await product(1), await product(0), randomUUID()];
        const lines = [a, b, c].map((productId) => ({ productId, quantity: 2 }));
        expect(await store.reserve(id, lines)).toEqual({
          kind: "short",
          shortages: [
            { productId: b, wanted: 2, left: 1 },
            { productId: c, wanted: 2, left: 0 },
          ],
        });
        expect(await stockOf(a)).toBe(5);
        expect(await store.reserve(id, [{ productId: a, quantity: 1 }])).toMatchObject({
          kind: "reserved",
        });
      });

      it("refuses other lines under the same id, and unknown products", async () => {
        const [a, id] = [await product(5), randomUUID()];
        await store.reserve(id, [{ productId: a, quantity: 1 }]);
        expect(await store.reserve(id, [{ productId: a, quantity: 2 }])).toEqual({
          kind: "different",
        });
        const lines = [
          { productId: "none-1", quantity: 1 },
          { productId: a, quantity: 1 },
          { productId: "none-2", quantity: 1 },
        ];
        expect(await store.reserve(randomUUID(), lines)).toEqual({
          kind: "unknown",
          productIds: ["none-1", "none-2"],
        });
        expect(await stockOf(a)).toBe(4);
      });

      it("lets exactly 5 of 20 at once win a stock of 5", async () => {
        const id = await product(5);
        const tries = Array.from({ length: 20 }, () =>
          store.reserve(randomUUID(), [{ productId: id, quantity: 1 }]),
        );
        const kinds = (await Promise.all(tries)).map(({ kind }) => kind);
        expect([
          kinds.filter((kind) => kind === "reserved").length,
          kinds.filter((kind) => kind === "short").length,
        ]).toEqual([5, 15]);
        expect(await stockOf(id)).toBe(0);
      });

      it("takes stock once when the same id comes 20 times at once", async () => {
        const [product1, id] = [await product(50), randomUUID()];
        const tries = await Promise.all(
          Array.from({ length: 20 }, () =>
            store.reserve(id, [{ productId: product1, quantity: 2 }]),
          ),
        );
        expect(new Set(tries.map(({ kind }) => kind))).toEqual(new Set(["reserved"]));
        expect(await stockOf(product1)).toBe(48);
      });

      it("does not lock itself up when lines come in opposite orders", async () => {
        const [a, b] = [await product(100), await product(100)];
        const lines = [a, b].map((productId) => ({ productId, quantity: 1 }));
        const tries = Array.from({ length: 40 }, (_, n) =>
          store.reserve(randomUUID(), n % 2 === 0 ? lines : lines.toReversed()),
        );
        expect(new Set((await Promise.all(tries)).map(({ kind }) => kind))).toEqual(
          new Set(["reserved"]),
        );
        expect([await stockOf(a), await stockOf(b)]).toEqual([60, 60]);
      });
    });

    describe("releasing", () => {
      it("gives stock back once, however often and from wherever it is asked", async () => {
        const [a, id] = [await product(5), randomUUID()];
        await store.reserve(id, [{ productId: a, quantity: 3 }]);
        const released = await Promise.all(Array.from({ length: 10 }, () => store.release(id)));
        expect(released.every((one) => one?.releaseTime !== undefined)).toBe(true);
        expect(await stockOf(a)).toBe(5);
        expect(await store.reserve(id, [{ productId: a, quantity: 3 }])).toEqual({
          kind: "released",
        });
      });

      it("of an unknown reservation returns nothing, and a reservation that arrives later takes nothing", async () => {
        const [a, id] = [await product(5), randomUUID()];
        expect(await store.release(id)).toBeUndefined();
        expect(await store.release(id)).toBeUndefined();
        expect(await store.reserve(id, [{ productId: a, quantity: 1 }])).toEqual({
          kind: "released",
        });
        expect(await stockOf(a)).toBe(5);
      });

      it("at the same time as reserving leaves the stock whole", async () => {
        const a = await product(1_000);
        const pairs = Array.from({ length: 20 }, () => randomUUID());
        await Promise.all(
          pairs.flatMap((id) => [
            store.reserve(id, [{ productId: a, quantity: 1 }]),
            store.release(id),
          ]),
        );
        expect(await stockOf(a)).toBe(1_000);
      });
    });

    it("gives watchers the stock at once, then each change", async () => {
      const [a, b, id, abort] = [
        await product(5),
        await product(7),
        randomUUID(),
        new AbortController(),
      ];
      const stream = store.stock.watch([b, a], abort.signal);
      const next = async () => (await stream.next()).value;
      expect([await next(), await next()]).toMatchObject([
        { key: b, stock: 7 },
        { key: a, stock: 5 },
      ]);
      await store.reserve(id, [{ productId: a, quantity: 2 }]);
      await store.release(id);
      expect([await next(), await next()]).toMatchObject([
        { key: a, stock: 3, revision: 1 },
        { key: a, stock: 5, revision: 2 },
      ]);
      abort.abort();
      expect(await next()).toBeUndefined();
    });
  });
}

const postgresql = (await testEngines()).find(
  ({ name, available }) => name === "postgresql" && available,
);

describe.skipIf(postgresql === undefined)("two instances of the catalog on one PostgreSQL", () => {
  afterAll(() => postgresql?.clean());

  it("share stock, and each hears of the other's changes", async () => {
    if (postgresql === undefined) return;
    const schema = `test_${randomUUID().slice(0, 8)}`;
    const databases = [
      await postgresql.open<CatalogTables>(catalogMigrations, schema),
      await postgresql.open<CatalogTables>(catalogMigrations, schema),
    ] as const;
    const [one, two] = [createCatalogStore(databases[0]), createCatalogStore(databases[1])];
    await one.importProducts([testDraft("shared", 5)]);
    const stream = two.stock.watch(["shared"], new AbortController().signal);
    await stream.next();
    const tries = Array.from({ length: 20 }, (_, n) =>
      (n % 2 === 0 ? one : two).reserve(randomUUID(), [{ productId: "shared", quantity: 1 }]),
    );
    const won = (await Promise.all(tries)).filter(({ kind }) => kind === "reserved");
    expect(won).toHaveLength(5);
    const levels: number[] = [];
    while (levels.length < 5) levels.push((await stream.next()).value?.stock ?? -1);
    expect(levels).toEqual([4, 3, 2, 1, 0]);
    await Promise.all(databases.map((database) => database.close()));
  });
});
