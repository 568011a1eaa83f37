// All that CI runs, in the order in which it fails soonest. `pnpm check lint types` runs single steps.
import { spawnSync } from "node:child_process";

const STEPS = {
  generate: "node scripts/generate.mjs --check",
  contract: "node scripts/contract.mjs",
  lint: "pnpm run --silent lint",
  build: "pnpm run --silent build",
  imports: "node scripts/check-imports.mjs",
  tests: "node_modules/.bin/vitest run",
  "tests on Node 24": "node scripts/test-node24.mjs",
  packages: "node scripts/check-packages.mjs",
  "packed client": "node scripts/check-packed-client.mjs",
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`check: no step is called ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}`);
  process.exit(1);
}

for (const [name, command] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
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
