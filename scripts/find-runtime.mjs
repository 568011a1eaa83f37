// Where other runtimes are: npm's packages `node`, `bun` and `deno` bring them, and npx keeps what
// it fetched.
import { execFileSync } from "node:child_process";

/**
 * The runtimes that the project is tested and measured on: the package that has one, what prints
 * where its program is, and what comes before a script's name.
 */
export const RUNTIMES = {
  node20: { source: "node@20", locate: "which node", args: [] },
  node24: { source: "node@24", locate: "which node", args: [] },
  node26: { source: "node@26", locate: "which node", args: [] },
  bun: { source: "bun@1.4.5", locate: "bun --print process.execPath", args: [] },
  deno: {
    source: "deno@2.9.6",
    locate: "deno eval 'console.log(Deno.execPath())'",
    args: ["run", "--allow-all"],
  },
};

/**
 * The program of a runtime, and the arguments before a script. Throws an Error that says what
 * failed.
 */
export function findRuntime(name) {
  const runtime = RUNTIMES[name];
  if (runtime === undefined)
    throw new Error(`no runtime ${name}; there are ${Object.keys(RUNTIMES).join(", ")}`);
  const { source, locate, args } = runtime;
  if (source === `node@${process.versions.node.split(".")[0]}`)
    return { program: process.execPath, args };
  return { program: askNpx(source, locate), args };
}

/** The path of a Node of that major version: the one that runs, or npm's. */
export function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  return askNpx(`node@${major}`, "which node");
}

function askNpx(source, command) {
  try {
    return execFileSync("npx", ["--yes", "-p", source, "-c", command], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (cause) {
    throw new Error(`npx -p ${source} failed: ${String(cause.stderr ?? cause).trim()}`, { cause });
  }
}
