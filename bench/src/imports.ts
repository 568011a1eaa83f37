import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportResult } from "./results-file.js";
import { median, round1 } from "./statistics.js";

/** What the client and its transport are made of. */
const PACKAGES = ["core", "codec", "wire", "client"] as const;
const HERE = import.meta.dirname;

/**
 * How long fresh processes on one core take to import Tightwire's client with the wire, as it is
 * published, and grpc-js: in turns, medians.
 */
export function measureImports(node: string, rounds: number): ImportResult[] {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-import-"));
  try {
    installPublished(folder);
    return measure(node, rounds, [
      {
        what: "@tightwire/client and @tightwire/wire/client",
        folder,
        modules: ["@tightwire/client", "@tightwire/wire/client"],
      },
      { what: "@grpc/grpc-js", folder: HERE, modules: ["@grpc/grpc-js"] },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Something to import, all at once, from a folder where it is found. */
interface Imported {
  readonly what: string;
  readonly folder: string;
  readonly modules: readonly string[];
}

/** Packs the packages as they are published, and unpacks them where Node looks for them. */
function installPublished(folder: string): void {
  for (const name of PACKAGES) {
    const source = join(HERE, "../../tightwire", name);
    const target = join(folder, "node_modules/@tightwire", name);
    const tarball = join(folder, `${name}.tgz`);
    execFileSync("pnpm", ["pack", "--out", tarball], {
      cwd: source,
      stdio: ["ignore", "ignore", "inherit"],
    });
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  }
}

function measure(node: string, rounds: number, imported: readonly Imported[]): ImportResult[] {
  const samples = imported.map(() => ({ ms: [] as number[], processMs: [] as number[] }));
  const empty: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const nothing = runProcess(node, HERE, []);
    const taken = imported.map(({ folder, modules }) => runProcess(node, folder, modules));
    if (round < 0) continue; // what is read from disk is then in memory
    empty.push(nothing.processMs);
    taken.forEach(({ ms, processMs }, index) => {
      samples[index]?.ms.push(ms);
      samples[index]?.processMs.push(processMs);
    });
  }
  return imported.map(({ what }, index) => {
    const { ms = [], processMs = [] } = samples[index] ?? {};
    return { what, ms: round1(median(ms)), processMs: round1(median(processMs) - median(empty)) };
  });
}

function runProcess(
  node: string,
  folder: string,
  modules: readonly string[],
): { ms: number; processMs: number } {
  const imports = modules.map((name) => `import(${JSON.stringify(name)})`).join(", ");
  const script = `const started = performance.now(); await Promise.all([${imports}]); console.log(performance.now() - started);`;
  const started = performance.now();
  const output = execFileSync("taskset", ["-c", "0", node, "--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: folder,
  });
  return { ms: Number(output), processMs: performance.now() - started };
}
