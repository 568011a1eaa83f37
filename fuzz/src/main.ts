#!/usr/bin/env node
// Fuzzes the wire; see `--help`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FuzzOrder, FuzzReport } from "./fuzz-worker.js";
import { megabytes } from "./heap.js";
import { formatInput, parseInput } from "./input.js";
import { FUZZ_USAGE, type FuzzOptions, readFuzzOptions } from "./options.js";
import { randomInput } from "./random-input.js";
import { readRecordings } from "./recording.js";
import { runInput } from "./run-input.js";

/** No input takes a hundredth of it. */
const HANG_MS = 20_000;

function replay(file: string): void {
  const { faults, log } = runInput(parseInput(readFileSync(file, "utf8")));
  for (const line of log) console.log(line.slice(0, 400));
  for (const fault of faults) console.error(`fault: ${fault}`);
  console.error(faults.length === 0 ? "fuzz: no fault" : `fuzz: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function tellFailure(name: string, text: string, faults: readonly string[]): void {
  console.error("fuzz: FAIL");
  for (const fault of faults) console.error(`  ${fault}`);
  process.exitCode = 1;
  if (text === "") return;
  const file = join(process.cwd(), `fuzz-failure-${name.replace(/\.json$/, "")}.json`);
  writeFileSync(file, text);
  console.error(`fuzz: the input is in ${file}; run it again: pnpm fuzz --replay ${file}`);
}

/** The inputs run in a thread of their own, so that one that never ends is seen, and named. */
function fuzz({ seed, seconds }: FuzzOptions): void {
  console.error(`fuzz: ${seconds} s, --seed ${seed}`);
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const order: FuzzOrder = { seed, seconds, progress };
  const worker = new Worker(new URL("./fuzz-worker.js", import.meta.url), { workerData: order });
  const began = performance.now();
  let seen = -1;
  let seenAt = began;
  const watch = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now !== seen) seenAt = performance.now();
    seen = now;
    if (performance.now() - seenAt < HANG_MS) return;
    clearInterval(watch);
    void worker.terminate();
    const text = now > 0 ? formatInput(randomInput(seed, now, readRecordings())) : "";
    tellFailure(`${seed}-${now}`, text, [`no end after ${HANG_MS} ms`]);
  }, 1_000);
  worker.on("message", (report: FuzzReport) => {
    if (report.kind === "failure") return tellFailure(report.name, report.text, report.faults);
    const { inputs, splits, bytes } = report;
    const rate = Math.round((inputs + splits) / ((performance.now() - began) / 1_000));
    console.error(
      `fuzz: ${inputs} inputs and ${splits} cuts, ${rate} a second; heap ${megabytes(bytes)}`,
    );
    if (report.kind === "done") console.error("fuzz: PASS");
  });
  worker.on("error", (error) => tellFailure("worker", "", [`the worker: ${error.stack}`]));
  worker.on("exit", () => clearInterval(watch));
}

try {
  const options = readFuzzOptions(process.argv.slice(2));
  if (options === undefined) console.log(FUZZ_USAGE);
  else if (options.replay === undefined) fuzz(options);
  else replay(options.replay);
} catch (error) {
  console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
