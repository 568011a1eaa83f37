import { type Film, MpaaRating, type ProductDraft } from "@shop/contracts/catalog";
import { createFilmReader, type FilmFault, type FilmReader, type FilmRow } from "./film-row.js";
import { deriveProductId, filmHash } from "./product-id.js";
import { LAST_KNOWN_YEAR, parseReleaseDate } from "./release-date.js";

/** The result of a row: a draft and the values that it omits, or no draft and the reasons. */
export type FilmOutcome =
  | { readonly draft: ProductDraft; readonly row: number; readonly omitted: readonly FilmFault[] }
  | { readonly draft?: undefined; readonly row: number; readonly rejected: readonly FilmFault[] };

const RATINGS: Readonly<Record<string, MpaaRating>> = {
  "": MpaaRating.MPAA_RATING_UNSPECIFIED,
  G: MpaaRating.MPAA_RATING_G,
  PG: MpaaRating.MPAA_RATING_PG,
  "PG-13": MpaaRating.MPAA_RATING_PG_13,
  R: MpaaRating.MPAA_RATING_R,
  "NC-17": MpaaRating.MPAA_RATING_NC_17,
  "Not Rated": MpaaRating.MPAA_RATING_NOT_RATED,
  Open: MpaaRating.MPAA_RATING_OPEN,
};

/**
 * Makes a product draft from a row, or gives the reasons why it cannot. Nothing is guessed:
 * - A title that is a number becomes its digits: the column is text (`1776` is a film's name). A
 *   row without a title is rejected.
 * - A release date after 2010 is wrong in a data set of 2010; most are in another century (`Gone
 *   with the Wind`, 2039). The source does not say which, so the draft omits the date and reports
 *   it. A date that is not a day of the calendar is rejected.
 * - Null is absent, zero is zero, text stays unchanged, broken letters too. A value of the wrong
 *   kind or out of range is rejected.
 *
 * The source has no price and no stock. The shop invents them: see {@link inventPriceCents} and
 * {@link inventStock}.
 */
export function draftFilm(row: number, columns: FilmRow): FilmOutcome {
  const reader = createFilmReader(row, columns);
  const title = readTitle(columns, reader);
  const releaseText = reader.text("Release Date");
  const releaseDate = parseReleaseDate(releaseText);
  if (releaseDate === undefined)
    reader.fault(
      "Release Date",
      `${JSON.stringify(releaseText)} is not a day such as "Jun 12 1998"`,
    );
  const known = releaseDate !== undefined && releaseDate.year <= LAST_KNOWN_YEAR;
  const film: Film = { title, releaseDate: known ? releaseDate : undefined, ...readFacts(reader) };
  if (reader.faults.length > 0) return { row, rejected: reader.faults };

  const omitted = known
    ? []
    : [
        {
          row,
          field: "Release Date",
          reason: `${releaseText} is after ${LAST_KNOWN_YEAR}, the year of the data`,
        },
      ];
  const hash = filmHash(title, releaseText);
  const id = deriveProductId(title, releaseText);
  return {
    row,
    omitted,
    draft: { id, film, priceCents: inventPriceCents(hash), initialStock: inventStock(hash) },
  };
}

function readTitle(columns: FilmRow, reader: FilmReader): string {
  const title = columns["Title"];
  if (typeof title === "number") return String(title);
  if (typeof title === "string" && title.trim() !== "") return title;
  reader.fault("Title", "there is no title");
  return "";
}

function readFacts(reader: FilmReader): Omit<Film, "title" | "releaseDate"> {
  const ratingText = reader.text("MPAA Rating");
  const mpaaRating = RATINGS[ratingText];
  if (mpaaRating === undefined)
    reader.fault("MPAA Rating", `${JSON.stringify(ratingText)} is not a rating`);
  return {
    mpaaRating: mpaaRating ?? MpaaRating.MPAA_RATING_UNSPECIFIED,
    genre: reader.text("Major Genre"),
    distributor: reader.text("Distributor"),
    director: reader.text("Director"),
    runningTimeMinutes: reader.whole("Running Time min", 1, 2 ** 31 - 1),
    usGross: dollars(reader, "US Gross"),
    worldwideGross: dollars(reader, "Worldwide Gross"),
    productionBudget: dollars(reader, "Production Budget"),
    imdbRating: reader.number("IMDB Rating", 1, 10),
    imdbVotes: reader.whole("IMDB Votes", 0, 2 ** 31 - 1),
    rottenTomatoesRating: reader.whole("Rotten Tomatoes Rating", 0, 100),
  };
}

function dollars(reader: FilmReader, field: string): bigint | undefined {
  const value = reader.whole(field, 0, Number.MAX_SAFE_INTEGER);
  return value === undefined ? undefined : BigInt(value);
}

/** A price from $4.99 to $24.99, by the film's hash: the same film always costs the same. */
function inventPriceCents(hash: Buffer): bigint {
  return BigInt(499 + 100 * (hash.readUInt16BE(4) % 21));
}

/** A stock from 5 to 50, by the film's hash. */
function inventStock(hash: Buffer): number {
  return 5 + (hash.readUInt16BE(6) % 46);
}
