// Installs packed packages into an empty project outside the workspace, and compiles an import of
// each of their entries there with `skipLibCheck` off: what their types import must be installed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    lib: ["es2022"],
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
  },
  files: ["index.ts"],
};

/** The entries of an installed package that have a name of their own. */
function entriesOf(folder, name) {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([entry, target]) => !entry.includes("*") && target.types !== undefined)
    .map(([entry]) => name + entry.slice(1));
}

/** Returns what failed, or undefined when all entries of all packages compile. */
export function compilePacked(packages) {
  const project = mkdtempSync(join(tmpdir(), "packed-types-"));
  const run = (command, ...args) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: "utf8" });
    return status === 0 ? undefined : `${stdout}${stderr}`;
  };
  try {
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(TSCONFIG));
    // Without peers: what users bring along is no excuse for types that need it.
    const options = ["--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"];
    const tarballs = packages.map(({ tarball }) => tarball);
    const failed = run(
      "npm",
      "install",
      "--loglevel=error",
      ...options,
      ...tarballs,
      "@types/node@20",
    );
    if (failed !== undefined) return failed;
    const entries = packages.flatMap(({ name }) =>
      entriesOf(join(project, "node_modules", name), name),
    );
    const imports = entries.map(
      (entry, index) => `export type * as entry${index} from ${JSON.stringify(entry)};`,
    );
    writeFileSync(join(project, "index.ts"), `${imports.join("\n")}\n`);
    return run(join(process.cwd(), "node_modules/.bin/tsc"), "-p", project);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
