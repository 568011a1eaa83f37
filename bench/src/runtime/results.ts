import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Markers, table } from "../report.js";
import { RUNTIME_NAMES } from "./options.js";

/** What one runtime did in the case `get`, over the wire: medians. */
export interface RuntimeResult {
  /** As `--runtime` names it. */
  readonly runtime: string;
  /** As it names itself: `Bun 1.4.5`. */
  readonly version: string;
  readonly rounds: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly serverCpuUsPerCall: number;
  readonly clientCpuUsPerCall: number;
}

/** What was measured on one machine: the contents of `results/runtimes.json`. */
export interface RuntimeResults {
  readonly machine: string;
  readonly pinned: boolean;
  readonly runtimes: readonly RuntimeResult[];
}

/** Where the results are. */
export const RUNTIME_RESULTS: string = join(import.meta.dirname, "../../results/runtimes.json");

/** Around them in the README. */
export const RUNTIME_MARKERS: Markers = {
  begin: "<!-- written by `pnpm bench --runtime`: begin -->",
  end: "<!-- written by `pnpm bench --runtime`: end -->",
};

/** Results as Markdown, in the order of {@link RUNTIME_NAMES}. */
export function formatRuntimes({ machine, pinned, runtimes }: RuntimeResults): string {
  const rows = runtimes.map((one) => [
    one.version,
    whole(one.perSecond),
    whole(one.p50Us),
    one.serverCpuUsPerCall.toFixed(1),
    one.clientCpuUsPerCall.toFixed(1),
  ]);
  const heads = ["runtime", "calls a second", "p50 us", "server CPU us", "client CPU us"];
  const pinning = pinned ? "server pinned to core 0, client to core 1" : "not pinned to cores";
  return `${table(heads, rows)}\n\n${machine}; ${pinning}.`;
}

/**
 * Adds what was measured to the results of the same machine; what another machine measured is
 * dropped.
 */
export function mergeRuntimes(
  before: RuntimeResults | undefined,
  fresh: RuntimeResults,
): RuntimeResults {
  const same = before?.machine === fresh.machine && before.pinned === fresh.pinned;
  const all = new Map(
    [...(same ? before.runtimes : []), ...fresh.runtimes].map((one) => [one.runtime, one]),
  );
  return { ...fresh, runtimes: RUNTIME_NAMES.flatMap((name) => all.get(name) ?? []) };
}

/** Adds results to the file. Returns all that are in it now. */
export function saveRuntimes(fresh: RuntimeResults): RuntimeResults {
  const before = existsSync(RUNTIME_RESULTS)
    ? (JSON.parse(readFileSync(RUNTIME_RESULTS, "utf8")) as RuntimeResults)
    : undefined;
  const merged = mergeRuntimes(before, fresh);
  mkdirSync(dirname(RUNTIME_RESULTS), { recursive: true });
  writeFileSync(RUNTIME_RESULTS, `${JSON.stringify(merged, undefined, 2)}\n`);
  return merged;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
