// Holds the import rules of .dependency-cruiser.cjs over all source. Without a TypeScript that it
// can read dependency-cruiser finds nothing and is content, so the modules are counted.
import { spawnSync } from "node:child_process";

const FEWEST_MODULES = 80;
const args = [
  "--config",
  ".dependency-cruiser.cjs",
  "--output-type",
  "err-long",
  "tightwire",
  "gen",
  "packages",
  "e2e",
  "bench",
  "fuzz",
  "hostile",
  "interop",
];
const { status, stdout, stderr } = spawnSync("node_modules/.bin/depcruise", args, {
  encoding: "utf8",
});
process.stdout.write(stdout);
process.stderr.write(stderr);

const modules = Number(/(\d+) modules/.exec(stdout)?.[1] ?? 0);
if (status === 0 && modules < FEWEST_MODULES) {
  console.error(
    `import rules: ${modules} modules were read, fewer than the ${FEWEST_MODULES} that are there: the tool cannot read the source`,
  );
  process.exit(1);
}
process.exit(status ?? 1);
