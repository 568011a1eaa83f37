import type { HostileCase } from "./hostile-case.js";
import type { CaseResult } from "./result.js";
import { judge, mebibytes } from "./verdict.js";

const HEADER = [
  "case",
  "attackers",
  "held MiB",
  "peak MiB",
  "wait ms",
  "failed",
  "fds",
  "CPU s",
  "attackers' end",
  "verdict",
] as const;

/** A line of the table, as Markdown. */
export function formatRow(hostile: HostileCase, result: CaseResult): string {
  const { neighbour, quiet } = result;
  const bad = judge(hostile, result);
  return row([
    result.case,
    `${result.attackers}`,
    `${mebibytes(result.heldBytes)}`,
    `${mebibytes(result.peakBytes)}`,
    `${Math.round(neighbour.longestMs)} (${Math.round(quiet.longestMs)})`,
    `${neighbour.failures}/${neighbour.calls}`,
    `${result.descriptors}`,
    result.cpuSeconds.toFixed(1),
    describeEnd(result),
    bad.length === 0 ? "ok" : `**bad**: ${bad.map(({ text }) => text).join("; ")}`,
  ]);
}

/** The head of a subject's table. */
export function formatHeader(): string {
  return `${row(HEADER)}\n${row(HEADER.map(() => "---"))}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** What became of the attackers: GOAWAYs, resets, statuses, connections that are still open. */
function describeEnd({ attack }: CaseResult): string {
  const parts = [
    ...counts("GOAWAY ", attack.goaways),
    ...counts("status ", attack.statuses),
    ...counts("reset ", attack.resets),
    ...counts("", attack.ends),
  ];
  return `${parts.join(", ")}; ${attack.seconds.toFixed(1)} s`;
}

function counts(prefix: string, of: Readonly<Record<string, number>>): string[] {
  return Object.entries(of).map(([name, number]) => `${number} ${prefix}${name}`);
}
