// Where a Node 24 is: npm's own package `node` brings one, beside the Node that runs.
import { execFileSync } from "node:child_process";

/** The path of a Node 24 binary; fetched once and kept by npx. Throws an Error that says what failed. */
export function findNode24() {
  if (process.versions.node.startsWith("24.")) return process.execPath;
  try {
    return execFileSync("npx", ["--yes", "-p", "node@24", "-c", "which node"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (cause) {
    throw new Error(`no Node 24: npx -p node@24 failed (${String(cause.stderr ?? cause).trim()})`, { cause });
  }
}
