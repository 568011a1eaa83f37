import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { CASES } from "./cases.js";
import type { HostileCase } from "./hostile-case.js";
import type { CaseResult } from "./result.js";
import { SUBJECTS } from "./subjects.js";
import { isBusy, judge, MARKS, mebibytes, waitsLong } from "./verdict.js";

const ROOT = join(import.meta.dirname, "../..");
const RESULTS = join(ROOT, "hostile/results");
const PAGE = join(ROOT, "docs/reference/hostile.md");
const BEGIN = "<!-- figures: written by `pnpm hostile --write` -->";
const END = "<!-- end of figures -->";

function fileOf(subject: string): string {
  return join(RESULTS, `${subject}.json`);
}

function readResults(subject: string): CaseResult[] {
  const file = fileOf(subject);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CaseResult[]) : [];
}

/** Keeps results beside earlier ones of other cases or other numbers of attackers. */
export function keepResults(subject: string, results: readonly CaseResult[]): void {
  const key = (one: CaseResult): string => `${one.case} ${one.attackers}`;
  const kept = new Map(readResults(subject).map((one) => [key(one), one]));
  for (const one of results) kept.set(key(one), one);
  const order = new Map(CASES.map(({ name }, at) => [name, at]));
  const sorted = [...kept.values()]
    .filter((one) => order.has(one.case))
    .sort(
      (a, b) => (order.get(a.case) ?? 0) - (order.get(b.case) ?? 0) || a.attackers - b.attackers,
    );
  mkdirSync(RESULTS, { recursive: true });
  const lines = sorted.map((one) => JSON.stringify(one));
  writeFileSync(fileOf(subject), `[\n${lines.join(",\n")}\n]\n`);
}

/** Writes all that is kept into the documentation. */
export function writePage(): void {
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`${PAGE} has no place for figures`);
  const measured = SUBJECTS.map(({ name }) => ({ name, results: readResults(name) })).filter(
    ({ results }) => results.length > 0,
  );
  const figures = `${describeMachine()}\n\n${formatFigures(measured)}`;
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`);
}

/** What is known of a subject. */
export interface Measured {
  readonly name: string;
  readonly results: readonly CaseResult[];
}

/** The table of bad verdicts by subject, and the table of all runs. */
export function formatFigures(measured: readonly Measured[]): string {
  const marks = Object.entries(MARKS);
  const summary = [
    row(["subject", "runs", "bad", ...marks.map(([mark, text]) => `${mark}: ${text}`)]),
    row(["---", "---", "---", ...marks.map(() => "---")]),
    ...measured.map(summarize),
  ];
  const grid = [
    row(["case", "attackers", ...measured.map(({ name }) => name)]),
    row(["---", "---", ...measured.map(() => "---")]),
    ...CASES.flatMap((hostile) => rowsOf(hostile, measured)),
  ];
  return [summary.join("\n"), grid.join("\n")].join("\n\n");
}

function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "a processor";
  return `${availableParallelism()} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.`;
}

function summarize({ name, results }: Measured): string {
  const faults = results.map((one) => judge(caseOf(one), one).map(({ mark }) => mark));
  const bad = faults.filter((marks) => marks.length > 0).length;
  const counts = Object.keys(MARKS).map(
    (mark) => faults.filter((marks) => (marks as string[]).includes(mark)).length,
  );
  return row([name, ...[results.length, bad, ...counts].map(String)]);
}

function rowsOf(hostile: HostileCase, measured: readonly Measured[]): string[] {
  const of = (results: readonly CaseResult[]): CaseResult[] =>
    results.filter((one) => one.case === hostile.name);
  const attackers = new Set(
    measured.flatMap(({ results }) => of(results).map((one) => one.attackers)),
  );
  return [...attackers]
    .sort((a, b) => a - b)
    .map((count) => {
      const cells = measured.map(({ results }) =>
        formatCell(of(results).find((one) => one.attackers === count)),
      );
      return row([hostile.name, String(count), ...cells]);
    });
}

/** `45 MiB, 12 ms`, and the letters of what is bad. */
function formatCell(result: CaseResult | undefined): string {
  if (result === undefined) return "";
  const marks = [...new Set(judge(caseOf(result), result).map(({ mark }) => mark))].join("");
  const figures = `${mebibytes(result.heldBytes)} MiB, ${Math.round(result.neighbour.longestMs)} ms`;
  const noted = waitsLong(result) && isBusy(result) ? `${figures} (busy)` : figures;
  return marks === "" ? noted : `${noted} **${marks}**`;
}

function caseOf(result: CaseResult): HostileCase {
  return CASES.find(({ name }) => name === result.case) as HostileCase;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
