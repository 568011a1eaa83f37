#!/usr/bin/env node
// Measures Tightwire beside its peers; see `--help`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Case } from "./cases.js";
import { endChildrenWithThisProcess } from "./child.js";
import { canPin, describeMachine, findNode } from "./machine.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { type Pair, startPair } from "./pair.js";
import { BASE_PEER } from "./peers.js";
import { formatProfile, readProfile, summarizeProfile } from "./profile.js";
import { formatResults, rewritePage } from "./report.js";
import { type CaseResult, caseResults, type RatioResult, ratioResults } from "./result.js";
import { type Machine, mergeRun, readResults, writeResults } from "./results-file.js";
import { measureRounds } from "./rounds.js";

const RESULTS = join(import.meta.dirname, "../results/latest.json");
const PAGE = join(import.meta.dirname, "../../docs/reference/benchmarks.md");
const TOP_FUNCTIONS = 20;

async function bench(options: Options): Promise<void> {
  const pinned = canPin();
  if (!pinned) console.error("bench: not pinned: there is no taskset, or no second core; servers and clients disturb each other");
  const node = findNode(options.node);
  const profile = options.profile === undefined ? undefined : resolve(options.profile);
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const pairs: Pair[] = [];
  for (const peer of options.peers)
    pairs.push(await startPair(peer, { node, pinned, nodeOptions: (name, role) => profiling(profile, name, role) }));
  const cases: CaseResult[] = [];
  const ratios: RatioResult[] = [];
  for (const load of options.cases) {
    const rounds = await measureRounds(pairs, load, options, (done) => tellProgress(load, done, options.rounds));
    cases.push(...caseResults(load.name, options.command, rounds));
    ratios.push(...ratioResults(load.name, BASE_PEER, rounds));
  }
  await Promise.all(pairs.map((pair) => pair.stop()));
  const machine: Machine = { machine: describeMachine(), node: pairs[0]?.node ?? "", pinned };
  report(options, machine, cases, ratios);
  if (profile !== undefined) tellProfiles(profile, options);
}

function report(options: Options, machine: Machine, cases: readonly CaseResult[], ratios: readonly RatioResult[]): void {
  console.log(formatResults(mergeRun({ runs: [] }, machine, cases, ratios)));
  if (options.quick || options.profile !== undefined) return console.error("bench: nothing was written");
  const results = mergeRun(readResults(RESULTS), machine, cases, ratios);
  writeResults(RESULTS, results);
  rewritePage(PAGE, results);
  console.error("bench: wrote bench/results/latest.json and docs/reference/benchmarks.md");
}

function profiling(folder: string | undefined, peer: string, role: string): string[] {
  if (folder === undefined) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${peer}-${role}.cpuprofile`];
}

function tellProfiles(folder: string, { peers }: Options): void {
  for (const peer of peers) {
    for (const role of peer.server === undefined ? ["client"] : ["server", "client"]) {
      const name = `${peer.name}-${role}`;
      console.log(formatProfile(name, summarizeProfile(readProfile(join(folder, `${name}.cpuprofile`)), TOP_FUNCTIONS)));
    }
  }
}

function tellProgress(load: Case, done: number, rounds: number): void {
  if (done % 10 === 0 || done === rounds) console.error(`bench: ${load.name}: ${done} of ${rounds} rounds`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else {
    endChildrenWithThisProcess();
    await bench(options);
  }
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
