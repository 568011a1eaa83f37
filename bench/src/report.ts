import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CASES } from "./cases.js";
import { BASE_PEER, OWN_PEER } from "./peers.js";
import type { CaseResult } from "./result.js";
import { majorOf, type Results } from "./results-file.js";
import type { Estimate } from "./statistics.js";
import { isMet, type Target, targetsOf } from "./targets.js";

/** A place in a page that a program writes: what stands between two lines of it. */
export interface Markers {
  readonly begin: string;
  readonly end: string;
}

const MARKERS: Markers = {
  begin: "<!-- written by `pnpm bench`: begin -->",
  end: "<!-- written by `pnpm bench`: end -->",
};

/**
 * Results as Markdown: what is aimed at, for all versions of Node.js side by side, then the figures
 * of each.
 */
export function formatResults(all: readonly Results[]): string {
  return [formatTargets(all), ...all.map(formatRun)].join("\n\n");
}

/**
 * Replaces what stands between the markers of a page. Throws an Error when the page or one of its
 * markers is missing.
 */
export function rewritePage(path: string, text: string, markers: Markers = MARKERS): void {
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  writeFileSync(path, replaceBetweenMarkers(page, text, path, markers));
}

/** The page with `text` between its markers; `name` is for the Error. */
export function replaceBetweenMarkers(
  page: string,
  text: string,
  name: string,
  markers: Markers = MARKERS,
): string {
  const begin = page.indexOf(markers.begin);
  const end = page.indexOf(markers.end);
  if (begin < 0 || end < begin)
    throw new Error(
      `${name} has no place for the results: it needs the lines "${markers.begin}" and "${markers.end}"`,
    );
  return `${page.slice(0, begin)}${markers.begin}\n\n${text}\n\n${page.slice(end)}`;
}

function formatTargets(all: readonly Results[]): string {
  const targets = all.map(targetsOf);
  const rows = (targets[0] ?? []).map((first, index) => {
    const cells = targets.map((ofNode) => formatReached(ofNode[index] as Target));
    // The best form of a peer may be another one on another version.
    const against = [...new Set(targets.map((ofNode) => ofNode[index]?.against))].join(" / ");
    return [first.what, against, `${first.kind} ${first.limit}`, ...cells];
  });
  const versions = all.map(({ node }) => `Node.js ${node}`);
  return `## What is aimed at\n\n${table(["what", "against", "target", ...versions], rows)}`;
}

function formatReached(target: Target): string {
  const { reached } = target;
  if (reached === undefined) return "not measured";
  const verdict = isMet(target) === true ? ", met" : ", **missed**";
  return `${typeof reached === "number" ? reached.toFixed(2) : formatEstimate(reached)}${verdict}`;
}

function formatRun(results: Results): string {
  const major = majorOf(results);
  const pinning = results.pinned
    ? "servers pinned to core 0, clients to core 1"
    : "processes not pinned to cores (no `taskset`, or no second core): figures of servers and clients disturb each other";
  const commands = [...new Set(results.cases.map((one) => `\`${one.command}\``))].join(", ");
  const sections = CASES.map(({ name }) => results.cases.filter((one) => one.case === name))
    .filter((rows) => rows.length > 0)
    .map((rows) => `### ${rows[0]?.case}, Node.js ${major}\n\n${formatCase(rows, results)}`);
  return [
    `## Node.js ${results.node}`,
    `${results.machine}; ${pinning}${commands === "" ? "" : `; ${commands}`}.`,
    ...(sections.length === 0
      ? []
      : [`![Calls a second of every peer](../../bench/results/node-${major}.svg)`]),
    ...sections,
    ...formatServers(results, major),
    ...formatMemory(results, major),
    ...formatImports(results, major),
  ].join("\n\n");
}

/** Best first. */
function formatCase(rows: readonly CaseResult[], { ratios }: Results): string {
  const ratio = (name: string, peer: string, against: string): Estimate | undefined =>
    ratios.find((one) => one.case === name && one.peer === peer && one.against === against)
      ?.perSecond;
  const lines = [...rows]
    .sort((a, b) => b.perSecond - a.perSecond)
    .map((one) => [
      one.peer,
      String(one.rounds),
      whole(one.perSecond),
      whole(one.p50Us),
      whole(one.p99Us),
      one.serverCpuUsPerCall === null ? "in client" : one.serverCpuUsPerCall.toFixed(1),
      one.clientCpuUsPerCall.toFixed(1),
      formatEstimate(ratio(one.case, one.peer, BASE_PEER)),
      formatEstimate(
        one.peer === BASE_PEER
          ? ratio(one.case, OWN_PEER, BASE_PEER)
          : ratio(one.case, OWN_PEER, one.peer),
      ),
    ]);
  const heads = [
    "peer",
    "rounds",
    "a second",
    "p50 us",
    "p99 us",
    "server CPU us",
    "client CPU us",
    `x ${BASE_PEER}`,
    `${OWN_PEER} / this`,
  ];
  return table(heads, lines);
}

function formatServers({ serverAlone }: Results, major: number): string[] {
  if (serverAlone.length === 0) return [];
  const rows = [...serverAlone]
    .sort((a, b) => (a.case === b.case ? b.perSecond - a.perSecond : a.case < b.case ? -1 : 1))
    .map((one) => [
      one.case === "server1" ? "1" : "8",
      one.peer,
      String(one.rounds),
      whole(one.perSecond),
      whole(one.p50Us),
      whole(one.p99Us),
      one.serverCpuUsPerCall.toFixed(1),
    ]);
  const heads = ["connections", "peer", "rounds", "a second", "p50 us", "p99 us", "server CPU us"];
  return [`### A server alone, Node.js ${major}`, table(heads, rows)];
}

function formatMemory({ memory }: Results, major: number): string[] {
  if (memory.length === 0) return [];
  const rows = memory.map((one) => [
    one.case === "idle-connections" ? "idle connections" : "open streams",
    one.peer,
    whole(one.count),
    whole(one.serverBytesEach),
    one.clientBytesEach === null ? "" : whole(one.clientBytesEach),
  ]);
  return [
    `### Memory, Node.js ${major}`,
    table(["of", "peer", "how many", "server, bytes each", "client, bytes each"], rows),
  ];
}

function formatImports({ imports }: Results, major: number): string[] {
  if (imports.length === 0) return [];
  const rows = imports.map(({ what, ms, processMs }) => [
    what,
    ms.toFixed(1),
    processMs.toFixed(1),
  ]);
  return [
    `### Import, cold, Node.js ${major}`,
    table(["what", "the import, ms", "the process, ms more than an empty one"], rows),
  ];
}

/** A table in Markdown. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function formatEstimate(estimate: Estimate | undefined): string {
  if (estimate === undefined) return "1";
  const { median, low, high } = estimate;
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
