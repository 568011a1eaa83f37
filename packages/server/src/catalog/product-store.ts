import type { Film, Product, ProductDraft, ProductFilter } from "@shop/contracts/catalog";
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";
import { sql } from "kysely";
import type { PagePosition } from "../paging/page-token.js";
import { formatDay, sameContent, toProduct, toRow } from "./product-row.js";
import type { CatalogDatabase, CatalogTables } from "./tables.js";

/** A page of products. */
export interface ProductPage {
  readonly products: Product[];
  /** Where the next page starts; undefined on the last page. */
  readonly next: PagePosition | undefined;
  /** How many products match the filter. */
  readonly totalSize: number;
}

/** The result of importing a draft: `conflict` when its id has other content. */
export type ImportOutcome = "created" | "unchanged" | "conflict";

/** A draft that has been checked. */
export type CheckedDraft = ProductDraft & { readonly film: Film };

/** Products in the database. */
export interface ProductStore {
  /** The products that exist, in the order of the ids. */
  findProducts(ids: readonly string[]): Promise<Product[]>;
  /** Products after `after`, by title, then by id. */
  listProducts(filter: ProductFilter, pageSize: number, after?: PagePosition): Promise<ProductPage>;
  /** Imports drafts in one statement; the outcomes are in the drafts' order. */
  importProducts(drafts: readonly CheckedDraft[]): Promise<ImportOutcome[]>;
}

/** A store on an open database. */
export function createProductStore({ db }: CatalogDatabase): ProductStore {
  return {
    async findProducts(ids) {
      const rows = await db.selectFrom("product").selectAll().where("id", "in", ids).execute();
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []).map(toProduct);
    },

    async listProducts(filter, pageSize, after) {
      const meeting = db
        .selectFrom("product")
        .where((builder) => builder.and(conditions(builder, filter)));
      const { total } = await meeting
        .select((e) => e.fn.countAll<bigint>().as("total"))
        .executeTakeFirstOrThrow();
      const page =
        after === undefined
          ? meeting
          : meeting.where(({ eb, refTuple, tuple }) =>
              eb(refTuple("title", "id"), ">", tuple(...after)),
            );
      // One row more than asked for shows whether there is a next page.
      const rows = await page
        .selectAll()
        .orderBy("title")
        .orderBy("id")
        .limit(pageSize + 1)
        .execute();
      const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
      return {
        products: rows.slice(0, pageSize).map(toProduct),
        next: last === undefined ? undefined : [last.title, last.id],
        totalSize: Number(total),
      };
    },

    async importProducts(drafts) {
      if (drafts.length === 0) return [];
      const now = new Date();
      const rows = drafts.map((draft) => toRow(draft, now));
      const created = await db
        .insertInto("product")
        .values(rows)
        .onConflict((on) => on.column("id").doNothing())
        .returning("id")
        .execute();
      const fresh = new Set(created.map(({ id }) => id));
      const ids = rows.map(({ id }) => id);
      const stored = new Map(
        (await db.selectFrom("product").selectAll().where("id", "in", ids).execute()).map((row) => [
          row.id,
          row,
        ]),
      );
      return rows.map((row) => {
        // The first draft of an id created the product; a later one in the same batch found it.
        if (fresh.delete(row.id)) return "created";
        const existing = stored.get(row.id);
        return existing !== undefined && sameContent(row, existing) ? "unchanged" : "conflict";
      });
    },
  };
}

function conditions(
  builder: ExpressionBuilder<CatalogTables, "product">,
  filter: ProductFilter,
): ExpressionWrapper<CatalogTables, "product", SqlBool>[] {
  const all: ExpressionWrapper<CatalogTables, "product", SqlBool>[] = [];
  if (filter.genre !== undefined) all.push(builder("genre", "=", filter.genre));
  if (filter.titleContains !== undefined) {
    all.push(
      builder(sql`position(${filter.titleContains.toLowerCase()}::text in title_folded)`, ">", 0),
    );
  }
  if (filter.releasedFrom !== undefined)
    all.push(builder("release_date", ">=", formatDay(filter.releasedFrom)));
  if (filter.releasedTo !== undefined)
    all.push(builder("release_date", "<=", formatDay(filter.releasedTo)));
  if (filter.mpaaRatings.length > 0) all.push(builder("mpaa_rating", "in", filter.mpaaRatings));
  if (filter.inStock) all.push(builder("stock", ">", 0));
  return all;
}
