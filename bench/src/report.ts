import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CASES } from "./cases.js";
import type { CaseResult, RatioResult } from "./result.js";
import type { Results, Run } from "./results-file.js";
import type { Estimate } from "./statistics.js";

const BEGIN = "<!-- written by `pnpm bench`: begin -->";
const END = "<!-- written by `pnpm bench`: end -->";

/** The results as Markdown: one table for each version of Node.js. */
export function formatResults(results: Results): string {
  return results.runs.map(formatRun).join("\n\n");
}

/** Replaces what stands between the markers of a page. Throws an Error when the page or one of its markers is missing. */
export function rewritePage(path: string, results: Results): void {
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(path, replaceBetweenMarkers(page, formatResults(results), path));
}

/** The page with `text` between its markers; `name` is for the Error. */
export function replaceBetweenMarkers(page: string, text: string, name: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${name} has no place for the results: it needs the lines "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${text}\n\n${page.slice(end)}`;
}

function formatRun(run: Run): string {
  const commands = [...new Set(run.cases.map((one) => `\`${one.command}\``))].join(", ");
  const pinning = run.pinned
    ? "servers pinned to core 0, clients to core 1"
    : "processes not pinned to cores (no `taskset`, or no second core): figures of servers and clients disturb each other";
  return [
    `### Node.js ${run.node}`,
    "",
    `${run.machine}; ${pinning}; ${commands}.`,
    "",
    "| case | peer | rounds | a second | p50 us | p99 us | server CPU us | client CPU us | a second, x base | CPU, base / this |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |",
    ...inOrder(run.cases).map((one) => formatRow(one, run.ratios)),
  ].join("\n");
}

function inOrder(cases: readonly CaseResult[]): CaseResult[] {
  const rank = (name: string): number => CASES.findIndex((one) => one.name === name);
  return [...cases].sort((a, b) => rank(a.case) - rank(b.case));
}

function formatRow(one: CaseResult, ratios: readonly RatioResult[]): string {
  const ratio = ratios.find(({ case: name, peer }) => name === one.case && peer === one.peer);
  const cells = [
    one.case,
    one.peer,
    String(one.rounds),
    whole(one.perSecond),
    whole(one.p50Us),
    whole(one.p99Us),
    one.serverCpuUsPerCall === null ? "in client" : one.serverCpuUsPerCall.toFixed(1),
    one.clientCpuUsPerCall.toFixed(1),
    ratio === undefined ? "1" : formatEstimate(ratio.perSecond),
    ratio === undefined ? "1" : formatEstimate(ratio.cpu),
  ];
  return `| ${cells.join(" | ")} |`;
}

function formatEstimate({ median, low, high }: Estimate): string {
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
