import type { CalendarDate, Product } from "@shop/contracts/catalog";
import type { Command } from "./command.js";
import { formatCents, formatTime, type Row } from "./output.js";

const list: Command = {
  usage:
    "products list [--title <text>] [--genre <genre>] [--in-stock] [--page-size <n>] [--page-token <token>]",
  summary: "films by title, a page at a time",
  flags: {
    title: "string",
    genre: "string",
    "in-stock": "boolean",
    "page-size": "string",
    "page-token": "string",
  },
  operands: { least: 0, most: 0 },
  async run({ catalog, flag, isSet, number, output, signal }) {
    const filter = {
      titleContains: flag("title"),
      genre: flag("genre"),
      inStock: isSet("in-stock"),
    };
    const request = {
      filter,
      pageSize: number("page-size") ?? 0,
      pageToken: flag("page-token") ?? "",
    };
    const response = await catalog.listProducts(request, { signal });
    output.print(response, response.products.map(toRow));
    output.note(`${response.products.length} of ${response.totalSize}`);
    if (response.nextPageToken !== "")
      output.note(`next page: --page-token ${response.nextPageToken}`);
  },
};

const get: Command = {
  usage: "products get <id>",
  summary: "everything known of one film",
  flags: {},
  operands: { least: 1, most: 1 },
  async run({ catalog, operands: [id = ""], output, signal }) {
    const { product } = await catalog.getProduct({ id }, { signal });
    output.print(product, product === undefined ? [] : details(product));
  },
};

const watch: Command = {
  usage: "products watch <id>...",
  summary: "the stock of films, now and at every change, until Ctrl-C",
  flags: {},
  operands: { least: 1, most: 100 },
  async run({ catalog, operands, output, signal }) {
    for await (const change of catalog.watchStock({ productIds: operands }, { signal })) {
      output.printLine(change, [
        formatTime(change.changeTime),
        change.productId,
        `${change.stock} left`,
      ]);
    }
  },
};

/** `shop products …` */
export const productCommands: readonly Command[] = [list, get, watch];

function toRow({ id, film, priceCents, stock }: Product): Row {
  return {
    id,
    title: film?.title ?? "",
    released: formatDay(film?.releaseDate),
    genre: film?.genre ?? "",
    price: formatCents(priceCents),
    stock: `${stock}`,
  };
}

function details(product: Product): Row[] {
  const { film } = product;
  const facts: Record<string, unknown> = {
    ...toRow(product),
    director: film?.director,
    distributor: film?.distributor,
    "running time":
      film?.runningTimeMinutes === undefined ? undefined : `${film.runningTimeMinutes} min`,
    "US gross": film?.usGross,
    "worldwide gross": film?.worldwideGross,
    "production budget": film?.productionBudget,
    "IMDB rating": film?.imdbRating,
    "Rotten Tomatoes": film?.rottenTomatoesRating,
  };
  return Object.entries(facts).flatMap(([field, value]) =>
    value === undefined || value === "" ? [] : [{ field, value: String(value) }],
  );
}

function formatDay(day: CalendarDate | undefined): string {
  if (day === undefined) return "";
  return [
    String(day.year).padStart(4, "0"),
    ...[day.month, day.day].map((part) => String(part).padStart(2, "0")),
  ].join("-");
}
