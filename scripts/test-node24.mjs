// Runs the unit and contract suites on Node 24; the whole of `pnpm test` runs on the Node at hand.
import { spawnSync } from "node:child_process";
import { findNode24 } from "./node24.mjs";

const SUITES = ["tightwire", "e2e/transport-"];
const { status } = spawnSync(findNode24(), ["node_modules/vitest/vitest.mjs", "run", ...SUITES, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
