// Where a Node of another major version is: npm's own package `node` brings one, beside the Node
// that runs.
import { execFileSync } from "node:child_process";

/**
 * The path of a Node of that major version; fetched once and kept by npx. Throws an Error that says
 * what failed.
 */
export function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  try {
    return execFileSync("npx", ["--yes", "-p", `node@${major}`, "-c", "which node"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (cause) {
    throw new Error(
      `no Node ${major}: npx -p node@${major} failed (${String(cause.stderr ?? cause).trim()})`,
      { cause },
    );
  }
}
