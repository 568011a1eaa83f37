import type { CatalogClient } from "@shop/contracts/catalog";
import type { Films } from "../films/films.js";

/** The result of loading the films. */
export interface LoadReport {
  /** Films that were in the catalog already. */
  readonly present: number;
  readonly created: number;
  /** Drafts that the catalog refused, with its reasons. */
  readonly refused: readonly {
    readonly row: number;
    readonly field: string;
    readonly reason: string;
  }[];
}

const BATCH = 500;
const PAGE = 1_000;

/**
 * Imports the films that the catalog does not have yet, in batches: the first time all, after a
 * crash halfway the rest, then none. Stops early when `signal` aborts, and returns what it did.
 */
export async function loadFilms(
  catalog: CatalogClient,
  { drafts }: Films,
  signal: AbortSignal,
): Promise<LoadReport> {
  const present = await presentIds(catalog, signal);
  const missing = drafts.filter(({ product }) => !present.has(product.id));
  const report = {
    present: drafts.length - missing.length,
    created: 0,
    refused: [] as LoadReport["refused"][number][],
  };
  for (let from = 0; from < missing.length && !signal.aborted; from += BATCH) {
    const { created, unchanged, rejections } = await catalog.importProducts(
      missing.slice(from, from + BATCH),
      { signal },
    );
    report.created += created;
    report.present += unchanged;
    report.refused.push(...rejections);
  }
  return report;
}

async function presentIds(catalog: CatalogClient, signal: AbortSignal): Promise<Set<string>> {
  const ids = new Set<string>();
  let pageToken = "";
  do {
    const page = await catalog.listProducts({ pageSize: PAGE, pageToken }, { signal });
    for (const { id } of page.products) ids.add(id);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return ids;
}
