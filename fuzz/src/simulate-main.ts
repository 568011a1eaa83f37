#!/usr/bin/env node
// Simulates channels with several endpoints while things go wrong; see `--help`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plant } from "./simulation/plant.js";
import { PLANTED_BUGS } from "./simulation/planted.js";
import type { Totals } from "./simulation/scenario.js";

const USAGE = `pnpm simulate [options]
  --seeds <n>    how many worlds; default 10,000
  --from <n>     the first seed; default 0
  --log <seed>   runs one seed and prints what happens
  --planted      plants each bug of a list, and checks that it is found
  --bug <n>      plants one of them, by its number from 1

Exits with 1 when a seed fails, or a planted bug is not found. A failure prints the seed, the faults
that matter, and the end of the log.`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((one) => one !== "--"),
  options: {
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "0" },
    log: { type: "string" },
    planted: { type: "boolean", default: false },
    bug: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** Seeds that a planted bug has to be found in. */
const PLANTED_SEEDS = 300;

function readCount(name: string, text: string): number {
  const number = Number(text.replaceAll(",", "").replaceAll("_", ""));
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} must be a whole number (got ${JSON.stringify(text)})`);
}

function formatCounts(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, number]) => `${number.toLocaleString("en-US")} ${name}`).join(", ");
}

function printTotals(seeds: number, seconds: number, totals: Totals): void {
  const number = (value: number): string => value.toLocaleString("en-US");
  const { calls, ok, endpoints, setAside, failures, faults } = totals;
  console.log(
    `${number(seeds)} seeds in ${seconds.toFixed(0)} s: ${number(calls)} calls to ${number(endpoints)} endpoints, ${number(ok)} ok`,
  );
  console.log(`calls that failed while things went wrong: ${formatCounts(failures)}`);
  console.log(`faults: ${formatCounts(faults)}; endpoints set aside ${number(setAside)} times`);
}

async function runSeeds(from: number, seeds: number): Promise<void> {
  const { noTotals, runSeed } = await import("./simulation/scenario.js");
  const totals = noTotals();
  const startedAt = performance.now();
  for (let seed = from; seed < from + seeds; seed++) await runSeed(seed, totals);
  printTotals(seeds, (performance.now() - startedAt) / 1_000, totals);
}

/** Each bug in a process of its own: it is planted before anything is imported. */
function findPlanted(): void {
  for (const [index, { name }] of PLANTED_BUGS.entries()) {
    const args = [fileURLToPath(import.meta.url), "--bug", `${index + 1}`];
    const { status, stderr } = spawnSync(
      process.execPath,
      [...args, "--seeds", `${PLANTED_SEEDS}`],
      {
        encoding: "utf8",
      },
    );
    const why = /seed \d+: .*/.exec(stderr)?.[0];
    const found = status === 1 && why !== undefined;
    console.log(`${found ? "found" : "NOT FOUND"}: ${name}${found ? `; ${why}` : `\n${stderr}`}`);
    if (!found) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (values.planted) return findPlanted();
  if (values.bug !== undefined) {
    const bug = PLANTED_BUGS[readCount("bug", values.bug) - 1];
    if (bug === undefined) throw new Error(`--bug must be from 1 to ${PLANTED_BUGS.length}`);
    plant(bug);
  }
  if (values.log !== undefined) {
    const { noTotals, runSeed } = await import("./simulation/scenario.js");
    const log = await runSeed(readCount("log", values.log), noTotals());
    return console.log(log.join("\n"));
  }
  await runSeeds(readCount("from", values.from), readCount("seeds", values.seeds));
}

main().catch((error: unknown) => {
  console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
