#!/usr/bin/env node
// Measures how long the compiler takes to check the types of a large contract and of its users,
// beside its peers': `pnpm bench:types [services] [runs]`. The table goes into
// docs/reference/benchmarks.md when it has all services.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rewritePage, table } from "./report.js";
import { PAGE } from "./save.js";
import { median } from "./statistics.js";
import { KINDS, SERVICES } from "./types/contract.js";
import { PROJECTS } from "./types/projects.js";
import {
  checkTypes,
  folderOf,
  type TypeCheck,
  writeContract,
  writeProject,
} from "./types/type-check.js";

const [services = SERVICES, runs = 5] = process.argv.slice(2).map(Number);
if (![services, runs].every((one) => Number.isInteger(one) && one > 0))
  throw new Error("usage: pnpm bench:types [services, 300] [runs, 5], both whole numbers from 1");

const folder = folderOf("measured");
writeContract(folder, services);
const measured = PROJECTS.map((project) => {
  console.error(`bench:types: generating ${project.name}`);
  const checks: TypeCheck[] = [];
  return { project, own: writeProject(folder, project, services), checks };
});
for (let run = -1; run < runs; run++)
  for (const { project, own, checks } of measured) {
    const check = checkTypes(own);
    console.error(`bench:types: ${project.name}: ${Math.round(check.ms)} ms`);
    if (run >= 0) checks.push(check);
  }

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const [first] = measured.map(({ checks }) => median(checks.map(({ ms }) => ms)));
const text = table(
  [
    "contract of",
    "files",
    "lines, libraries too",
    "`tsc --noEmit`, s",
    "memory, MiB",
    "x Tightwire",
  ],
  measured.map(({ project, own, checks }) => {
    const ms = median(checks.map((check) => check.ms));
    const memory = median(checks.map((check) => check.memoryKiB)) / 1024;
    const files = readdirSync(join(own, "src"), { recursive: true }).filter((name) =>
      String(name).endsWith(".ts"),
    );
    return [
      project.name,
      whole(files.length),
      whole(checks[0]?.lines ?? 0),
      (ms / 1000).toFixed(2),
      whole(memory),
      (ms / (first ?? ms)).toFixed(2),
    ];
  }),
);
const version = execFileSync("node_modules/.bin/tsc", ["--version"], { encoding: "utf8" }).trim();
const title = `${services} services x ${KINDS.length} methods, TypeScript ${version.replace("Version ", "")}, medians of ${runs} runs in turn:`;
console.log(`${title}\n\n${text}`);
if (services === SERVICES)
  rewritePage(PAGE, `${title}\n\n${text}`, {
    begin: "<!-- types: begin -->",
    end: "<!-- types: end -->",
  });
