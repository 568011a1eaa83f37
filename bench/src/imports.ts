import { execFileSync } from "node:child_process";
import type { ImportResult } from "./results-file.js";
import { median } from "./statistics.js";

/** What is imported, all at once. */
const IMPORTS = [
  { what: "@tightwire/client and @tightwire/wire/client", modules: ["@tightwire/client", "@tightwire/wire/client"] },
  { what: "@tightwire/server and @tightwire/wire/server", modules: ["@tightwire/server", "@tightwire/wire/server"] },
  { what: "@grpc/grpc-js", modules: ["@grpc/grpc-js"] },
] as const;

/** How long fresh processes on one core take to import Tightwire, and grpc-js: in turns, medians. */
export function measureImports(node: string, rounds: number): ImportResult[] {
  const samples = IMPORTS.map(() => ({ ms: [] as number[], processMs: [] as number[] }));
  const empty: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const nothing = runProcess(node, []);
    const taken = IMPORTS.map(({ modules }) => runProcess(node, modules));
    if (round < 0) continue; // what is read from disk is then in memory
    empty.push(nothing.processMs);
    taken.forEach(({ ms, processMs }, index) => {
      samples[index]?.ms.push(ms);
      samples[index]?.processMs.push(processMs);
    });
  }
  return IMPORTS.map(({ what }, index) => {
    const { ms = [], processMs = [] } = samples[index] ?? {};
    return { what, ms: round1(median(ms)), processMs: round1(median(processMs) - median(empty)) };
  });
}

function runProcess(node: string, modules: readonly string[]): { ms: number; processMs: number } {
  const imports = modules.map((name) => `import(${JSON.stringify(name)})`).join(", ");
  const script = `const started = performance.now(); await Promise.all([${imports}]); console.log(performance.now() - started);`;
  const args = ["-c", "0", node, "--input-type=module", "-e", script];
  const started = performance.now();
  // The folder is where these packages are found.
  const output = execFileSync("taskset", args, { encoding: "utf8", cwd: import.meta.dirname });
  return { ms: Number(output), processMs: performance.now() - started };
}

const round1 = (value: number): number => Math.round(value * 10) / 10;
