// Before a package is packed: gathers its modules into a few files in `lib/`, which is what its published `exports` name. A process then reads a handful of files where it read dozens: importing takes half
// as long. In the workspace everything runs from `dist/`, file by file.
import { readFileSync, rmSync } from "node:fs";
import { rolldown } from "rolldown";

const { exports, publishConfig } = JSON.parse(readFileSync("package.json", "utf8"));

/** The entries that are published as bundles: name in `lib/` to file in `dist/`. */
const input = Object.fromEntries(
  Object.entries(publishConfig.exports)
    .filter(([, { default: file }]) => file.startsWith("./lib/"))
    .map(([entry, { default: file }]) => [file.slice("./lib/".length, -".js".length), exports[entry].default]),
);

rmSync("lib", { recursive: true, force: true });
const bundle = await rolldown({ input, platform: "node", external: (id) => !id.startsWith(".") && !id.startsWith("/") });
await bundle.write({ dir: "lib", format: "esm", sourcemap: true, chunkFileNames: "[name].js" });
await bundle.close();
