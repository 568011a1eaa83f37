#!/usr/bin/env node
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { servicePage } from "../docs/service-page.js";
import { lintContract } from "../lint/lint-contract.js";
import { type Arguments, readArguments, USAGE } from "./arguments.js";
import { readContract } from "./contract-input.js";
import { formatFaults } from "./report.js";

const FAULTY = 1;
const MISUSED = 2;

function run(args: Arguments): number {
  const { registry, files } = readContract(args.input);
  if (args.command === "lint") {
    const faults = lintContract(registry, files);
    if (faults.length > 0 || args.format === "json") console.log(formatFaults(faults, args.format));
    return faults.length > 0 ? FAULTY : 0;
  }
  mkdirSync(args.out, { recursive: true });
  for (const service of files.flatMap((file) => file.services)) {
    const path = join(args.out, `${service.typeName}.md`);
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
