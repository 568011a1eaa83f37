import type { Film, ImportProductsRequest } from "@shop/contracts/catalog";
import { checkId, checkText } from "../requests/checks.js";
import type { Violations } from "../requests/violations.js";
import { checkDay } from "./calendar-date.js";
import type { CheckedDraft } from "./product-store.js";
import { isRating } from "./rating.js";

const MAX_TEXT = 500;
const MAX_PRICE_CENTS = 100_000_000n;

/** Checks a message of ImportProducts. The draft is valid when no violation was found. */
export function checkDraft(
  violations: Violations,
  { row, product }: ImportProductsRequest,
): CheckedDraft | undefined {
  violations.expect(row >= 1, "row", "must be at least 1");
  violations.expect(product !== undefined, "product", "must be there");
  if (product === undefined) return undefined;
  checkId(violations, "product.id", product.id);
  violations.expect(product.priceCents > 0n, "product.price_cents", "must be more than zero");
  violations.expect(
    product.priceCents <= MAX_PRICE_CENTS,
    "product.price_cents",
    `must be ${MAX_PRICE_CENTS} at most`,
  );
  violations.expect(product.initialStock >= 0, "product.initial_stock", "must not be below zero");
  violations.expect(product.film !== undefined, "product.film", "must be there");
  if (product.film === undefined) return undefined;
  checkFilm(violations, product.film);
  return { ...product, film: product.film };
}

function checkFilm(violations: Violations, film: Film): void {
  const path = "product.film";
  checkText(violations, `${path}.title`, film.title, 1, MAX_TEXT);
  checkText(violations, `${path}.genre`, film.genre, 0, MAX_TEXT);
  checkText(violations, `${path}.distributor`, film.distributor, 0, MAX_TEXT);
  checkText(violations, `${path}.director`, film.director, 0, MAX_TEXT);
  checkDay(violations, `${path}.release_date`, film.releaseDate);
  violations.expect(
    isRating(film.mpaaRating),
    `${path}.mpaa_rating`,
    `${film.mpaaRating} is not a rating`,
  );
  const within = (
    field: string,
    value: number | bigint | undefined,
    least: number,
    most: number,
  ) => {
    const holds = value === undefined || (value >= least && value <= most);
    violations.expect(
      holds,
      `${path}.${field}`,
      most === Number.POSITIVE_INFINITY
        ? `must be at least ${least}`
        : `must be ${least} to ${most}`,
    );
  };
  within("running_time_minutes", film.runningTimeMinutes, 1, Number.POSITIVE_INFINITY);
  within("us_gross", film.usGross, 0, Number.POSITIVE_INFINITY);
  within("worldwide_gross", film.worldwideGross, 0, Number.POSITIVE_INFINITY);
  within("production_budget", film.productionBudget, 0, Number.POSITIVE_INFINITY);
  within("imdb_rating", film.imdbRating, 1, 10);
  within("imdb_votes", film.imdbVotes, 0, Number.POSITIVE_INFINITY);
  within("rotten_tomatoes_rating", film.rottenTomatoesRating, 0, 100);
}
