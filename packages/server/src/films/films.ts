import { readFile } from "node:fs/promises";
import type { ProductDraft } from "@shop/contracts/catalog";
import { draftFilm } from "./film-draft.js";
import type { FilmFault, FilmRow } from "./film-row.js";

/** The films of the data set. Every row is in `drafts` or in `rejected`. */
export interface Films {
  readonly drafts: readonly { readonly row: number; readonly product: ProductDraft }[];
  /** Rows without a draft, each with its first fault. */
  readonly rejected: readonly FilmFault[];
  /** Values that drafts omit. */
  readonly omitted: readonly FilmFault[];
}

/** Reads the 3,201 rows of the vega-datasets package. */
export async function readFilms(): Promise<Films> {
  const file = new URL("../data/movies.json", import.meta.resolve("vega-datasets"));
  return draftFilms(JSON.parse(await readFile(file, "utf8")) as FilmRow[]);
}

/** Makes drafts of all rows, counted from 1. */
export function draftFilms(rows: readonly FilmRow[]): Films {
  const films = {
    drafts: [] as { row: number; product: ProductDraft }[],
    rejected: [] as FilmFault[],
    omitted: [] as FilmFault[],
  };
  for (const [index, columns] of rows.entries()) {
    const outcome = draftFilm(index + 1, columns);
    if (outcome.draft === undefined) {
      films.rejected.push(...outcome.rejected.slice(0, 1));
      continue;
    }
    films.drafts.push({ row: outcome.row, product: outcome.draft });
    films.omitted.push(...outcome.omitted);
  }
  return films;
}
