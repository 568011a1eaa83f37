import type { FilmFault } from "../films/film-row.js";
import type { Films } from "../films/films.js";
import type { ServingMessage } from "../process.js";
import type { LoadReport } from "./load-films.js";
import { targetOf } from "./target.js";

/** The services that run, by name. */
export type Running = Readonly<Record<"catalog" | "orders" | "gateway", ServingMessage>>;

const EXAMPLES = 3;

/** How many films were loaded. Every row of the source is in one of the counts. */
export function describeFilms(
  { rejected, omitted }: Films,
  { present, created, refused }: LoadReport,
): string[] {
  const bad = [...rejected, ...refused];
  return [
    `films: ${created} loaded, ${present} were there, ${bad.length} of ${present + created + bad.length} rows refused`,
    ...sample(bad),
    ...(omitted.length === 0
      ? []
      : [`       ${omitted.length} are without their release date`, ...sample(omitted)]),
  ];
}

function sample(faults: readonly FilmFault[]): string[] {
  const lines = faults
    .slice(0, EXAMPLES)
    .map(({ row, field, reason }) => `         row ${row}, ${field}: ${reason}`);
  return faults.length > EXAMPLES
    ? [...lines, `         and ${faults.length - EXAMPLES} more`]
    : lines;
}

/** A table of the services, and commands to copy. */
export function describeShop(running: Running, filmId: string): string[] {
  const rows = Object.entries(running).map(([service, { address, database = "" }]) => [
    service,
    address,
    database,
  ]);
  return [
    "",
    ...table([["service", "address", "database"], ...rows]),
    "",
    "try:",
    ...tryCommands(running, filmId),
    "",
    "Ctrl-C stops it.",
  ];
}

function tryCommands({ catalog, orders, gateway }: Running, filmId: string): string[] {
  const [catalogTarget, ordersTarget] = [targetOf(catalog.address), targetOf(orders.address)];
  const shop = "node packages/client/dist/cli/main.js";
  const at = `${option("--catalog", catalogTarget, "127.0.0.1:50051")}${option("--orders", ordersTarget, "127.0.0.1:50052")}`;
  return [
    ...restCommands(targetOf(gateway.address), filmId),
    ...curlCommand(
      catalogTarget,
      "shop.catalog.v1.CatalogService/GetProduct",
      `{"id":"${filmId}"}`,
    ),
    `  ${shop} products watch ${filmId}${at}`,
    `  ${shop} orders place --name Ada --email ada@example.org --address "1 Road" --invoice "PO 1" ${filmId}:2${at}`,
  ];
}

/** A socket file has no URL, so it has no commands. */
function restCommands(target: string, filmId: string): string[] {
  if (target.startsWith("unix:")) return [];
  return [`  open http://${target}/ in a browser`, `  curl http://${target}/v1/products/${filmId}`];
}

/** buf cannot connect to a socket file. */
function curlCommand(target: string, method: string, body: string): string[] {
  if (target.startsWith("unix:")) return [];
  return [
    `  npx buf curl --protocol grpc --http2-prior-knowledge -d '${body}' http://${target}/${method}`,
  ];
}

function option(flag: string, target: string, usual: string): string {
  return target === usual ? "" : ` ${flag} ${target}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
