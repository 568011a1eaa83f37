import { createCatalogClient } from "@shop/client";
import { readFilms } from "../films/films.js";
import type { ServingMessage } from "../process.js";
import { StartError } from "../start-error.js";
import { TRANSPORTS } from "../transports.js";
import { describeFilms, describeShop } from "./banner.js";
import { type Child, startChild } from "./child.js";
import type { LauncherConfig } from "./config.js";
import { loadFilms } from "./load-films.js";
import { targetOf } from "./target.js";
import { waitUntilServing } from "./wait-until-serving.js";

/**
 * Runs the shop: catalog and orders as child processes, with the films in the catalog, until `signal` aborts. Resolves when both have drained and ended; rejects, with
 * both ended, when one does not start or ends by itself.
 */
export async function runShop(config: LauncherConfig, signal: AbortSignal, print: (line: string) => void): Promise<void> {
  const children: Child[] = [];
  const start = (name: string, env: LauncherConfig["env"] = {}) => {
    // grpc-js writes to stderr what its callers are told anyway.
    const child = startChild(name, { GRPC_VERBOSITY: "NONE", ...config.env, ...env }, config.args);
    children.push(child);
    return child;
  };
  try {
    const running = await startBoth(config, start);
    const failed = Promise.race(children.map(rejectWhenEnded));
    // It may reject while nobody waits for it yet.
    failed.catch(() => {});
    await Promise.race([present(config, running, signal, print), failed, aborted(signal)]);
    if (!signal.aborted) await Promise.race([failed, aborted(signal)]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
  await Promise.all(children.map(expectCleanEnd));
}

type Start = (name: string, env?: LauncherConfig["env"]) => Child;
type Running = Record<"catalog" | "orders", ServingMessage>;

/** At the same time, unless orders has to be told a port that is not chosen yet. */
async function startBoth({ catalogAddress, catalogTarget }: LauncherConfig, start: Start): Promise<Running> {
  const startsCatalog = expectServing(start("catalog"));
  const target = catalogTarget ?? targetOf(catalogAddress.endsWith(":0") ? (await startsCatalog).address : catalogAddress);
  const [catalog, orders] = await Promise.all([startsCatalog, expectServing(start("orders", { CATALOG_TARGET: target }))]);
  return { catalog, orders };
}

async function expectServing(child: Child): Promise<ServingMessage> {
  const answer = await child.answer;
  if (answer === undefined) throw new StartError(`${child.name} ended before it served`);
  if (answer.kind === "failed") throw new StartError(answer.text);
  return answer;
}

async function present(config: LauncherConfig, running: Running, signal: AbortSignal, print: (line: string) => void): Promise<void> {
  const transport = TRANSPORTS[config.transport]?.().client;
  const options = transport === undefined ? {} : { transport };
  const catalogTarget = targetOf(running.catalog.address);
  await Promise.all([
    waitUntilServing(catalogTarget, "shop.catalog.v1.CatalogService", options, signal),
    waitUntilServing(targetOf(running.orders.address), "shop.orders.v1.OrdersService", options, signal),
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

async function rejectWhenEnded(child: Child): Promise<never> {
  const { code, signal } = await child.ended;
  throw new StartError(`${child.name} ended by itself (${signal ?? `exit code ${code}`})`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function expectCleanEnd(child: Child): Promise<void> {
  const { code, signal } = await child.ended;
  // One that was not up yet when the signal came to the whole group had nothing to drain.
  if (signal === "SIGINT" || signal === "SIGTERM") return;
  if (code !== 0) throw new StartError(`${child.name} did not stop cleanly (${signal ?? `exit code ${code}`})`);
}
