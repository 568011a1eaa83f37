import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CaseResult, RatioResult } from "./result.js";

/** Where something was measured. Only what has all of it in common stands in one run. */
export interface Machine {
  /** The processor, how many cores of it, memory and system. */
  readonly machine: string;
  /** The version of Node.js: `v20.20.2`. */
  readonly node: string;
  /** Whether servers had core 0 and clients core 1. */
  readonly pinned: boolean;
}

/** What was measured on one machine with one version of Node.js. */
export interface Run extends Machine {
  /** Of the case with the fewest. */
  readonly rounds: number;
  readonly cases: readonly CaseResult[];
  readonly ratios: readonly RatioResult[];
}

/** The contents of `latest.json`: one run for each major version of Node.js. */
export interface Results {
  readonly runs: readonly Run[];
}

/** The results with those of a new run: it replaces what it measured again, or all of its major version of Node.js when anything about the machine changed. */
export function mergeRun(results: Results, machine: Machine, cases: readonly CaseResult[], ratios: readonly RatioResult[]): Results {
  const major = majorOf(machine);
  const before = results.runs.find((run) => majorOf(run) === major);
  const kept = before !== undefined && sameMachine(before, machine) ? before : undefined;
  const allCases = replace(kept?.cases ?? [], cases, (one) => `${one.case} ${one.peer}`);
  const run: Run = {
    machine: machine.machine,
    node: machine.node,
    pinned: machine.pinned,
    rounds: Math.min(...allCases.map((one) => one.rounds)),
    cases: allCases,
    ratios: replace(kept?.ratios ?? [], ratios, (one) => `${one.case} ${one.peer} ${one.against}`),
  };
  const others = results.runs.filter((one) => one !== before);
  return { runs: [...others, run].sort((a, b) => majorOf(a) - majorOf(b)) };
}

/** What was measured before; nothing when the file is not there. */
export function readResults(path: string): Results {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : { runs: [] };
}

/** Writes the file, and its folder when there is none. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
}

function majorOf({ node }: Machine): number {
  return Number.parseInt(node.replace(/^v/, ""), 10);
}

function sameMachine(a: Machine, b: Machine): boolean {
  return a.machine === b.machine && a.node === b.node && a.pinned === b.pinned;
}

function replace<T>(old: readonly T[], fresh: readonly T[], keyOf: (one: T) => string): T[] {
  const byKey = new Map([...old, ...fresh].map((one) => [keyOf(one), one]));
  return [...byKey.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
