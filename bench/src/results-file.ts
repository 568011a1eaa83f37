import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CaseResult, RatioResult } from "./result.js";

/** Where something was measured. Only what has all of it in common stands in one file. */
export interface Machine {
  /** The processor, how many cores of it, memory and system. */
  readonly machine: string;
  /** The version of Node.js: `v20.20.2`. */
  readonly node: string;
  /** Whether servers had core 0 and clients core 1. */
  readonly pinned: boolean;
}

/**
 * A server by itself on a core, under h2load on another: 64 calls in flight, over 1 connection
 * (`server1`) or 8 (`server8`). Medians.
 */
export interface ServerResult {
  readonly case: "server1" | "server8";
  readonly peer: string;
  readonly rounds: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly serverCpuUsPerCall: number;
}

/**
 * How much memory each of many idle connections, or open streams, takes: growth of what is
 * resident, in bytes.
 */
export interface MemoryResult {
  readonly case: "idle-connections" | "open-streams";
  readonly peer: string;
  /** How many there were. */
  readonly count: number;
  readonly serverBytesEach: number;
  /** Null where the client is none of the peer's. */
  readonly clientBytesEach: number | null;
}

/** How long a fresh process takes to import something, cold: medians. */
export interface ImportResult {
  readonly what: string;
  /** Of the import alone, as seen inside, in milliseconds. */
  readonly ms: number;
  /** Of the whole process, less that of one that imports nothing. */
  readonly processMs: number;
}

/**
 * What was measured on one machine with one version of Node.js: the contents of
 * `results/node-<major>.json`.
 */
export interface Results extends Machine {
  /** Of the case with the fewest. */
  readonly rounds: number;
  readonly cases: readonly CaseResult[];
  readonly ratios: readonly RatioResult[];
  readonly serverAlone: readonly ServerResult[];
  readonly memory: readonly MemoryResult[];
  readonly imports: readonly ImportResult[];
}

/** What a run has measured: any part of it. */
export type Measured = Partial<
  Pick<Results, "cases" | "ratios" | "serverAlone" | "memory" | "imports">
>;

/**
 * The results with those of a new run: it replaces what it measured again, or all of them when
 * anything about the machine changed.
 */
export function mergeRun(
  before: Results | undefined,
  machine: Machine,
  measured: Measured,
): Results {
  const kept = before !== undefined && sameMachine(before, machine) ? before : undefined;
  const cases = replace(kept?.cases, measured.cases, (one) => `${one.case} ${one.peer}`);
  return {
    machine: machine.machine,
    node: machine.node,
    pinned: machine.pinned,
    rounds: cases.length === 0 ? 0 : Math.min(...cases.map((one) => one.rounds)),
    cases,
    ratios: replace(
      kept?.ratios,
      measured.ratios,
      (one) => `${one.case} ${one.peer} ${one.against}`,
    ),
    serverAlone: replace(
      kept?.serverAlone,
      measured.serverAlone,
      (one) => `${one.case} ${one.peer}`,
    ),
    memory: replace(kept?.memory, measured.memory, (one) => `${one.case} ${one.peer}`),
    imports: replace(kept?.imports, measured.imports, (one) => one.what),
  };
}

const FOLDER = join(import.meta.dirname, "../results");

/** Where the results of a major version of Node.js are. */
export function resultsPath(major: number, ending: "json" | "svg" = "json"): string {
  return join(FOLDER, `node-${major}.${ending}`);
}

/** What was measured before; undefined when the file is not there. */
export function readResults(path: string): Results | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : undefined;
}

/** Writes the file, and its folder when there is none. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** 20 for `v20.20.2`. */
export function majorOf({ node }: Machine): number {
  return Number.parseInt(node.replace(/^v/, ""), 10);
}

function sameMachine(a: Machine, b: Machine): boolean {
  return a.machine === b.machine && a.node === b.node && a.pinned === b.pinned;
}

function replace<T>(
  old: readonly T[] = [],
  fresh: readonly T[] = [],
  keyOf: (one: T) => string,
): T[] {
  const byKey = new Map([...old, ...fresh].map((one) => [keyOf(one), one]));
  return [...byKey.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
