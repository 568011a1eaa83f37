#!/usr/bin/env node
// Measures what is not a matter of two sides: servers alone, memory, imports; see `--help`.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { endChildrenWithThisProcess } from "./child.js";
import { measureImports } from "./imports.js";
import { canPin, describeMachine, findNode } from "./machine.js";
import { measureMemory } from "./memory.js";
import { whole } from "./options.js";
import type { Measured } from "./results-file.js";
import { saveResults } from "./save.js";
import { measureServers } from "./server-alone.js";

const USAGE = `pnpm bench:alone [options]
  --what <name>   server (alone on a core, under h2load; with a C++ server where one can be built),
                  memory (of 10,000 idle connections, and as many open streams) or import (cold);
                  may be given more than once; default: all
  --node <major>  measure with this version of Node.js, for example 24;
                  default: the one that runs this
  --quick         to see that it works; writes nothing`;

const WHAT = ["server", "memory", "import"];
const FULL = { servers: { rounds: 11, seconds: 0.7 }, streams: 10_000, imports: 21 };
const QUICK = { servers: { rounds: 1, seconds: 0.2 }, streams: 1_000, imports: 2 };

async function measure(
  what: readonly string[],
  node: string,
  effort: typeof FULL,
): Promise<Measured> {
  return {
    ...(what.includes("server") && (await measureServers(node, effort.servers))),
    ...(what.includes("memory") && { memory: await measureMemory(node, effort.streams) }),
    ...(what.includes("import") && { imports: measureImports(node, effort.imports) }),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      what: { type: "string", multiple: true, default: WHAT },
      node: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const unknown = values.what.find((one) => !WHAT.includes(one));
  if (unknown !== undefined)
    throw new Error(`there is no "${unknown}" to measure; there are ${WHAT.join(", ")}`);
  if (!canPin())
    throw new Error(
      "processes cannot be kept on core 0 and core 1: there is no taskset, or no second core",
    );
  endChildrenWithThisProcess();
  const node = findNode(whole("--node", values.node, 20, 99));
  const measured = await measure(values.what, node, values.quick ? QUICK : FULL);
  console.log(JSON.stringify(measured, undefined, 2));
  if (values.quick) return console.error("bench: nothing was written");
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  saveResults({ machine: describeMachine(), node: version, pinned: true }, measured);
  console.error("bench: wrote bench/results and docs/reference/benchmarks.md");
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
