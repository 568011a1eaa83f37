// Writes the OpenAPI document of the shop's contracts, out of their descriptor image.
//
//     pnpm openapi [<image> <document>]
import { execFileSync } from "node:child_process";
import { join } from "node:path";

process.chdir(join(import.meta.dirname, ".."));
const [image = "gen/descriptors.binpb", document = "gen/openapi.json"] = process.argv.slice(2);

execFileSync(join("node_modules", ".bin", "tsc"), ["-b", "tightwire/gateway"], {
  stdio: "inherit",
});
const args = [
  "--image",
  image,
  "--openapi",
  document,
  "--title",
  "The film shop",
  "--api-version",
  "v1",
];
execFileSync(process.execPath, ["tightwire/gateway/dist/main.js", ...args], { stdio: "inherit" });
