// Before a package is packed: gathers the modules behind each file of `lib/` that its published
// `exports` name into that one file. Entries that name the same file are published together in it,
// each with types of its own. A process then reads a file a package where it read dozens: importing
// takes half as long. In the workspace everything runs from `dist/`, file by file.
import { readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { rolldown } from "rolldown";

const { exports, publishConfig } = JSON.parse(readFileSync("package.json", "utf8"));

/** Files in `lib/`, and the modules in `dist/` that each publishes. */
const published = new Map();
for (const [entry, { default: file }] of Object.entries(publishConfig.exports)) {
  if (file.startsWith("./lib/"))
    published.set(file, [...(published.get(file) ?? []), resolve(exports[entry].default)]);
}

const TOGETHER = "published-together";

rmSync("lib", { recursive: true, force: true });
for (const [file, modules] of published) {
  const bundle = await rolldown({
    input: TOGETHER,
    platform: "node",
    external: (id) => id !== TOGETHER && !id.startsWith(".") && !id.startsWith("/"),
    plugins: [
      {
        name: TOGETHER,
        resolveId: (id) => (id === TOGETHER ? id : undefined),
        load: (id) =>
          id === TOGETHER
            ? modules.map((module) => `export * from ${JSON.stringify(module)};`).join("\n")
            : undefined,
      },
    ],
  });
  await bundle.write({ file, format: "esm", sourcemap: true, codeSplitting: false });
  await bundle.close();
}
