#!/usr/bin/env node
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changeFault } from "../breaking/breaking-change.js";
import { findBreakingChanges } from "../breaking/find-breaking.js";
import { isWaived } from "../breaking/waivers.js";
import { servicePage } from "../docs/service-page.js";
import type { Fault } from "../fault.js";
import { lintContract } from "../lint/lint-contract.js";
import { type Arguments, readArguments, USAGE } from "./arguments.js";
import { type ContractInput, readContract } from "./contract-input.js";
import { formatFaults } from "./report.js";

const FAULTY = 1;
const MISUSED = 2;

function run(args: Arguments): number {
  const { registry, files } = readContract(args.input);
  switch (args.command) {
    case "lint":
      return report(lintContract(registry, files), args);
    case "breaking": {
      const changes = findBreakingChanges(readContract(args.against), { registry, files });
      return report(changes.filter((one) => !isWaived(one)).map(changeFault), args);
    }
    case "docs":
      return writePages({ registry, files }, args.out);
  }
}

function report(faults: readonly Fault[], { format }: Arguments): number {
  if (faults.length > 0 || format === "json") console.log(formatFaults(faults, format));
  return faults.length > 0 ? FAULTY : 0;
}

function writePages({ registry, files }: ContractInput, out: string): number {
  mkdirSync(out, { recursive: true });
  for (const service of files.flatMap((file) => file.services)) {
    const path = join(out, `${service.typeName}.md`);
    writeFileSync(path, servicePage(registry, service));
    console.log(path);
  }
  return 0;
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args === "help") console.log(USAGE);
  else process.exitCode = run(args);
} catch (error) {
  console.error(`tightwire-contract: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = MISUSED;
}
