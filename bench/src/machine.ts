import { execFileSync, spawnSync } from "node:child_process";
import { availableParallelism, cpus, totalmem, type } from "node:os";

/** The processor, how many cores of it, memory and system, in one line. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${availableParallelism()} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()}`;
}

/** Whether processes can be kept on core 0 and on core 1. */
export function canPin(): boolean {
  return [0, 1].every(
    (core) => spawnSync("taskset", ["-c", String(core), "true"], { stdio: "ignore" }).status === 0,
  );
}

const DOWNLOAD_TIMEOUT_MS = 180_000;

/**
 * The node binary of a major version: this one, or that of the npm package `node`. Throws an Error
 * that says so when it cannot be had.
 */
export function findNode(major: number | undefined): string {
  if (major === undefined || process.versions.node.startsWith(`${major}.`)) return process.execPath;
  try {
    // npx puts the package's folder first on PATH.
    const path = run("npx", ["--yes", "-p", `node@${major}`, "-c", "which node"]);
    const version = run(path, ["--version"]);
    if (!version.startsWith(`v${major}.`)) throw new Error(`npx found ${version}`);
    return path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Node.js ${major} cannot be had through \`npx -p node@${major}\`: ${why.trim()}`,
      { cause: error },
    );
  }
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DOWNLOAD_TIMEOUT_MS,
  }).trim();
}
