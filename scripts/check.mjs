// All that CI runs, in the order in which it fails soonest. `pnpm check lint types` runs single
// steps; `pnpm check --without tests` leaves out what has just been run.
import { spawnSync } from "node:child_process";

const STEPS = {
  generate: "node scripts/generate.mjs --check",
  contract: "node scripts/contract.mjs",
  lint: "pnpm run --silent lint",
  build: "pnpm run --silent build",
  imports: "node scripts/check-imports.mjs",
  tests: "node_modules/.bin/vitest run",
  "tests on Node 24 and 26": "node scripts/test-runtimes.mjs node24 node26",
  "tests on Bun and Deno": "node scripts/test-runtimes.mjs bun deno",
  simulation:
    "node_modules/.bin/tsc -b fuzz && node fuzz/dist/simulate-main.js --seeds 2000 && node fuzz/dist/simulate-main.js --planted",
  packages: "node scripts/check-packages.mjs",
  "packed client": "node scripts/check-packed-client.mjs",
};

const named = process.argv.slice(2);
const without = named[0] === "--without";
const steps = without ? named.slice(1) : named;
const unknown = steps.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(
    `check: no step is called ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}`,
  );
  process.exit(1);
}

for (const [name, command] of Object.entries(STEPS)) {
  if (steps.length > 0 && steps.includes(name) === without) continue;
  console.log(`\n== ${name}: ${command}`);
  const began = Date.now();
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  if (status !== 0) {
    console.error(`check: ${name} failed`);
    process.exit(1);
  }
  console.log(`== ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
console.log("\ncheck: all steps passed");
