#!/usr/bin/env node
// Measures Tightwire beside its peers; see `--help`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readBaseOptions } from "./base/options.js";
import { runComparison } from "./base/run.js";
import type { Case } from "./cases.js";
import { endChildrenWithThisProcess } from "./child.js";
import { canPin, describeMachine, findNode } from "./machine.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { type Pair, startPair } from "./pair.js";
import { BASE_PEER, OWN_PEER, PAIRS } from "./peers.js";
import { formatProfile, readProfile, summarizeProfile } from "./profile.js";
import { formatResults } from "./report.js";
import { type CaseResult, caseResults, type RatioResult, ratioResults } from "./result.js";
import { type Machine, type Measured, mergeRun } from "./results-file.js";
import { measureRounds } from "./rounds.js";
import { readRuntimeOptions } from "./runtime/options.js";
import { runRuntimes } from "./runtime/run.js";
import { saveResults } from "./save.js";

const TOP_FUNCTIONS = 20;

async function bench(options: Options): Promise<void> {
  const pinned = canPin();
  if (!pinned)
    console.error(
      "bench: not pinned: there is no taskset, or no second core; servers and clients disturb each other",
    );
  const node = findNode(options.node);
  const profile = options.profile === undefined ? undefined : resolve(options.profile);
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const pairs: Pair[] = [];
  for (const peer of options.peers)
    pairs.push(
      await startPair(peer, {
        node,
        pinned,
        nodeOptions: (name, role) => profiling(profile, name, role),
      }),
    );
  const cases: CaseResult[] = [];
  const ratios: RatioResult[] = [];
  for (const load of options.cases) {
    const able = pairs.filter(
      (_, index) => options.peers[index]?.cannot?.includes(load.name) !== true,
    );
    for (const pair of pairs)
      if (!able.includes(pair)) console.error(`bench: ${load.name}: ${pair.peer} cannot do it`);
    const rounds = await measureRounds(able, load, options, (done) =>
      tellProgress(load, done, options.rounds),
    );
    cases.push(...caseResults(load.name, options.command, rounds));
    ratios.push(...ratioResults(load.name, BASE_PEER, OWN_PEER, PAIRS, rounds));
  }
  await Promise.all(pairs.map((pair) => pair.stop()));
  const machine: Machine = { machine: describeMachine(), node: pairs[0]?.node ?? "", pinned };
  report(options, machine, { cases, ratios });
  if (profile !== undefined) tellProfiles(profile, options);
}

function report(options: Options, machine: Machine, measured: Measured): void {
  console.log(formatResults([mergeRun(undefined, machine, measured)]));
  if (options.quick || options.profile !== undefined)
    return console.error("bench: nothing was written");
  saveResults(machine, measured);
  console.error("bench: wrote bench/results and docs/reference/benchmarks.md");
}

function profiling(folder: string | undefined, peer: string, role: string): string[] {
  if (folder === undefined) return [];
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${peer}-${role}.cpuprofile`];
}

function tellProfiles(folder: string, { peers }: Options): void {
  for (const peer of peers) {
    for (const role of peer.server === undefined ? ["client"] : ["server", "client"]) {
      const name = `${peer.name}-${role}`;
      console.log(
        formatProfile(
          name,
          summarizeProfile(readProfile(join(folder, `${name}.cpuprofile`)), TOP_FUNCTIONS),
        ),
      );
    }
  }
}

function tellProgress(load: Case, done: number, rounds: number): void {
  if (done % 10 === 0 || done === rounds)
    console.error(`bench: ${load.name}: ${done} of ${rounds} rounds`);
}

try {
  const args = process.argv.slice(2);
  const base = readBaseOptions(args);
  const runtimes = base === undefined ? readRuntimeOptions(args) : undefined;
  const options = base === undefined && runtimes === undefined ? readOptions(args) : undefined;
  if (runtimes !== undefined) {
    endChildrenWithThisProcess();
    await runRuntimes(runtimes);
  } else if (base !== undefined) {
    endChildrenWithThisProcess();
    process.exitCode = (await runComparison(base)) ? 0 : 1;
  } else if (options === undefined) console.log(USAGE);
  else {
    endChildrenWithThisProcess();
    await bench(options);
  }
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
