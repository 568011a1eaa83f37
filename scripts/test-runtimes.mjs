// Runs tests on other runtimes: `node scripts/test-runtimes.mjs node24 node26 bun deno`. What
// follows `--` goes to vitest. The whole of `pnpm test` runs on the Node at hand.
import { spawnSync } from "node:child_process";
import { findRuntime } from "./find-runtime.mjs";

/** On Node: the unit tests and the contract suites. */
const NODE_SUITES = ["tightwire", "e2e/transport-", "e2e/runtime-"];
/** On runtimes that are none of Node: the contract suites and the hello example. */
const OTHER_SUITES = [
  ...["e2e/runtime-hello", "e2e/transport-in-process"],
  ...["e2e/transport-wire", "e2e/transport-grpc-js.", "e2e/transport-grpc-js-tls"],
];

const split = process.argv.indexOf("--");
const names = process.argv.slice(2, split === -1 ? undefined : split);
const given = split === -1 ? [] : process.argv.slice(split + 1);
if (names.length === 0) throw new Error("name the runtimes to test on");

for (const name of names) {
  const { program, args } = findRuntime(name);
  const suites = name.startsWith("node") ? NODE_SUITES : OTHER_SUITES;
  console.log(`\n== ${name}: ${program}`);
  const began = Date.now();
  const { status } = spawnSync(
    program,
    [...args, "node_modules/vitest/vitest.mjs", "run", "--project", "once", ...suites, ...given],
    { stdio: "inherit", env: { ...process.env, TEST_RUNTIME: name } },
  );
  if (status !== 0) process.exit(status ?? 1);
  console.log(`== ${name}: ${((Date.now() - began) / 60_000).toFixed(1)} minutes`);
}
