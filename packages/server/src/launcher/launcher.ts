import { createCatalogClient } from "@shop/client";
import { readFilms } from "../films/films.js";
import type { ServingMessage } from "../process.js";
import { StartError } from "../start-error.js";
import { TRANSPORTS } from "../transports.js";
import { describeFilms, describeShop, type Running } from "./banner.js";
import { type Child, startChild } from "./child.js";
import type { LauncherConfig } from "./config.js";
import { loadFilms } from "./load-films.js";
import { targetOf } from "./target.js";
import { waitUntilServing } from "./wait-until-serving.js";

/**
 * Runs the shop: catalog, orders and the gateway as child processes, with the films in the catalog,
 * until `signal` aborts. Resolves when all have drained and exited. Rejects when one does not start
 * or exits by itself; all have exited then.
 */
export async function runShop(
  config: LauncherConfig,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const children: Child[] = [];
  const start = (name: string, env: LauncherConfig["env"] = {}) => {
    // grpc-js prints to stderr what its callers get as errors anyway.
    const child = startChild(name, { GRPC_VERBOSITY: "NONE", ...config.env, ...env }, config.args);
    children.push(child);
    return child;
  };
  try {
    const running = await startAll(config, start);
    const failed = Promise.race(children.map(rejectWhenExited));
    // It may reject before anything awaits it.
    failed.catch(() => {});
    await Promise.race([present(config, running, signal, print), failed, aborted(signal)]);
    if (!signal.aborted) await Promise.race([failed, aborted(signal)]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
  await Promise.all(children.map(expectCleanExit));
}

type Start = (name: string, env?: LauncherConfig["env"]) => Child;

/** Starts all at the same time, unless one needs another's port that is not chosen yet. */
async function startAll(config: LauncherConfig, start: Start): Promise<Running> {
  const startsCatalog = expectServing(start("catalog"));
  const CATALOG_TARGET =
    config.catalogTarget ?? (await chosenTarget(config.catalogAddress, startsCatalog));
  const startsOrders = expectServing(start("orders", { CATALOG_TARGET }));
  const ORDERS_TARGET =
    config.ordersTarget ?? (await chosenTarget(config.ordersAddress, startsOrders));
  const startsGateway = expectServing(start("gateway", { CATALOG_TARGET, ORDERS_TARGET }));
  const [catalog, orders, gateway] = await Promise.all([
    startsCatalog,
    startsOrders,
    startsGateway,
  ]);
  return { catalog, orders, gateway };
}

async function chosenTarget(address: string, starting: Promise<ServingMessage>): Promise<string> {
  return targetOf(address.endsWith(":0") ? (await starting).address : address);
}

/** May reject before it is awaited: the error counts when all are awaited. */
function expectServing(child: Child): Promise<ServingMessage> {
  const serving = servingMessage(child);
  serving.catch(() => {});
  return serving;
}

async function servingMessage(child: Child): Promise<ServingMessage> {
  const message = await child.firstMessage;
  if (message === undefined) throw new StartError(`${child.name} exited before it served`);
  if (message.kind === "failed") throw new StartError(message.text);
  return message;
}

async function present(
  config: LauncherConfig,
  running: Running,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const transport = TRANSPORTS[config.transport]?.().client;
  const options = transport === undefined ? {} : { transport };
  const catalogTarget = targetOf(running.catalog.address);
  await Promise.all([
    waitUntilServing(catalogTarget, "shop.catalog.v1.CatalogService", options, signal),
    waitUntilServing(
      targetOf(running.orders.address),
      "shop.orders.v1.OrdersService",
      options,
      signal,
    ),
  ]);
  const films = await readFilms();
  const catalog = createCatalogClient(catalogTarget, options);
  try {
    for (const line of describeFilms(films, await loadFilms(catalog, films, signal))) print(line);
  } finally {
    await catalog.close();
  }
  for (const line of describeShop(running, films.drafts[0]?.product.id ?? "")) print(line);
}

async function rejectWhenExited(child: Child): Promise<never> {
  const { code, signal } = await child.exited;
  throw new StartError(`${child.name} exited by itself (${signal ?? `exit code ${code}`})`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function expectCleanExit(child: Child): Promise<void> {
  const { code, signal } = await child.exited;
  // A child that had not started when the signal reached the whole group had nothing to drain.
  if (signal === "SIGINT" || signal === "SIGTERM") return;
  if (code !== 0)
    throw new StartError(`${child.name} did not stop cleanly (${signal ?? `exit code ${code}`})`);
}
