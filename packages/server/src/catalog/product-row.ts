import type { CalendarDate, Film, Product, ProductDraft } from "@shop/contracts/catalog";
import type { Insertable, Selectable } from "kysely";
import { toTimestamp } from "../timestamp.js";
import type { ProductTable } from "./tables.js";

type Row = Selectable<ProductTable>;

/** A row as a message of the contract. */
export function toProduct(row: Row): Product {
  return {
    id: row.id,
    film: toFilm(row),
    priceCents: row.price_cents,
    stock: row.stock,
    createTime: toTimestamp(row.create_time),
  };
}

function toFilm(row: Row): Film {
  return {
    title: row.title,
    releaseDate: row.release_date === null ? undefined : parseDay(row.release_date),
    genre: row.genre,
    mpaaRating: row.mpaa_rating,
    distributor: row.distributor,
    director: row.director,
    runningTimeMinutes: row.running_time_minutes ?? undefined,
    usGross: row.us_gross ?? undefined,
    worldwideGross: row.worldwide_gross ?? undefined,
    productionBudget: row.production_budget ?? undefined,
    imdbRating: row.imdb_rating ?? undefined,
    imdbVotes: row.imdb_votes ?? undefined,
    rottenTomatoesRating: row.rotten_tomatoes_rating ?? undefined,
  };
}

/** The row of a new product. */
export function toRow(
  draft: ProductDraft & { readonly film: Film },
  now: Date,
): Insertable<ProductTable> {
  const { film } = draft;
  return {
    id: draft.id,
    title: film.title,
    title_folded: film.title.toLowerCase(),
    release_date: film.releaseDate === undefined ? null : formatDay(film.releaseDate),
    genre: film.genre,
    mpaa_rating: film.mpaaRating,
    distributor: film.distributor,
    director: film.director,
    running_time_minutes: film.runningTimeMinutes ?? null,
    us_gross: film.usGross ?? null,
    worldwide_gross: film.worldwideGross ?? null,
    production_budget: film.productionBudget ?? null,
    imdb_rating: film.imdbRating ?? null,
    imdb_votes: film.imdbVotes ?? null,
    rotten_tomatoes_rating: film.rottenTomatoesRating ?? null,
    price_cents: draft.priceCents,
    stock: draft.initialStock,
    stock_revision: 0,
    stock_time: now,
    create_time: now,
  };
}

const NOT_CONTENT: ReadonlySet<string> = new Set([
  "stock",
  "stock_revision",
  "stock_time",
  "create_time",
]);

/** Whether two rows describe the same product. Stock and times are not compared. */
export function sameContent(a: Insertable<ProductTable>, b: Insertable<ProductTable>): boolean {
  return (Object.keys(a) as (keyof ProductTable)[]).every(
    (column) => NOT_CONTENT.has(column) || a[column] === b[column],
  );
}

/** `1998-06-12`, as PostgreSQL reads and writes days. */
export function formatDay({ year, month, day }: CalendarDate): string {
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function parseDay(text: string): CalendarDate {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return { year, month, day };
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
