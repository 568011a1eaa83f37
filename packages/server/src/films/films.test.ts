import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { draftFilm } from "./film-draft.js";
import type { FilmRow } from "./film-row.js";
import { draftFilms, type Films } from "./films.js";

let rows: FilmRow[];
let films: Films;

beforeAll(async () => {
  // The test runner resolves no package by import.meta.
  rows = JSON.parse(
    await readFile(
      new URL("../../node_modules/vega-datasets/data/movies.json", import.meta.url),
      "utf8",
    ),
  );
  films = draftFilms(rows);
});

const film = (title: string) =>
  films.drafts.map(({ product }) => product).find((product) => product.film?.title === title);

describe("the data set", () => {
  it("has 3,201 rows: 3,200 drafts, 1 rejected for want of a title, 24 without their date", () => {
    expect([rows.length, films.drafts.length, films.rejected.length, films.omitted.length]).toEqual(
      [3201, 3200, 1, 24],
    );
    expect(films.rejected).toEqual([
      { row: expect.any(Number), field: "Title", reason: "there is no title" },
    ]);
    expect(rows[(films.rejected[0]?.row ?? 0) - 1]?.["Title"]).toBeNull();
  });

  it("gives 3,200 ids, none twice, that the contract allows", () => {
    const ids = films.drafts.map(({ product }) => product.id);
    expect(new Set(ids).size).toBe(3200);
    expect(ids.filter((id) => !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(id))).toEqual([]);
  });

  it("keeps the day of 3,176 films, all before 2011", () => {
    const years = films.drafts.flatMap(({ product }) => product.film?.releaseDate?.year ?? []);
    expect(years).toHaveLength(3176);
    expect([Math.min(...years), Math.max(...years)]).toEqual([1928, 2010]);
  });

  it("counts absent values as the source does", () => {
    const absent = (field: "usGross" | "runningTimeMinutes" | "imdbVotes" | "productionBudget") =>
      films.drafts.filter(({ product }) => product.film?.[field] === undefined).length;
    expect([absent("usGross"), absent("imdbVotes"), absent("productionBudget")]).toEqual([
      7, 213, 1,
    ]);
    expect(films.drafts.filter(({ product }) => product.film?.usGross === 0n)).toHaveLength(66);
  });

  it("makes text of the nine titles that are numbers", () => {
    expect(
      ["1776", "1941", "1408", "2012", "2046", "21", "300", "9", "54"].filter(
        (title) => film(title) === undefined,
      ),
    ).toEqual([]);
  });

  it("keeps a gross past int32, broken letters, and films of one title apart", () => {
    expect(film("Avatar")?.film?.worldwideGross).toBe(2767891499n);
    expect(films.drafts.some(({ product }) => product.film?.title.startsWith("AstÈrix"))).toBe(
      true,
    );
    expect(films.drafts.filter(({ product }) => product.film?.title === "Ben-Hur").length).toBe(2);
  });

  it("does not guess the century of Gone with the Wind, and reports it", () => {
    const product = films.drafts.find(
      ({ product }) => product.film?.title === "Gone with the Wind",
    );
    expect(product?.product.film?.releaseDate).toBeUndefined();
    expect(films.omitted).toContainEqual({
      row: product?.row,
      field: "Release Date",
      reason: "Dec 15 2039 is after 2010, the year of the data",
    });
  });

  it("gives the same id, price and stock each time", () => {
    expect(film("The Land Girls")).toMatchObject({
      id: "the-land-girls-104dae6d",
      priceCents: 1699n,
      initialStock: 50,
      film: { releaseDate: { year: 1998, month: 6, day: 12 }, usGross: 146083n },
    });
  });
});

describe("a row", () => {
  const good: FilmRow = { Title: "T", "Release Date": "Jun 12 1998" };

  it.each([
    ["Title", ""],
    ["Title", true],
    ["Release Date", "Feb 30 1998"],
    ["Release Date", "1998-06-12"],
    ["Release Date", null],
    ["Director", 7],
    ["MPAA Rating", "X"],
    ["US Gross", -1],
    ["US Gross", 1.5],
    ["Running Time min", "90"],
    ["IMDB Rating", 11],
    ["Rotten Tomatoes Rating", 101],
    ["IMDB Votes", 2 ** 31],
  ])("is rejected, naming the column, for %s = %j", (field, value) => {
    const outcome = draftFilm(5, { ...good, [field]: value });
    expect(outcome).toMatchObject({ row: 5, rejected: [{ row: 5, field }] });
  });

  it("names all its faults", () => {
    const outcome = draftFilm(5, { ...good, Title: null, "US Gross": -1 });
    expect("rejected" in outcome && outcome.rejected.map(({ field }) => field)).toEqual([
      "Title",
      "US Gross",
    ]);
  });

  it("needs no more than title and date", () => {
    expect(draftFilm(5, good)).toMatchObject({
      draft: { film: { title: "T", genre: "", usGross: undefined } },
      omitted: [],
    });
  });
});
