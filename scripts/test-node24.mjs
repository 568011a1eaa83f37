// Runs the unit and contract suites on Node 24; the whole of `pnpm test` runs on the Node at hand.
import { spawnSync } from "node:child_process";
import { findNode } from "./find-node.mjs";

const SUITES = ["tightwire", "e2e/transport-"];
const { status } = spawnSync(
  findNode(24),
  ["node_modules/vitest/vitest.mjs", "run", ...SUITES, ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
process.exit(status ?? 1);
