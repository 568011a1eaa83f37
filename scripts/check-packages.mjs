// Holds every package that is published to what its consumers need, over what `pnpm pack` would
// publish: publint, are-the-types-wrong, and types that compile with `skipLibCheck` off.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { compilePacked } from "./compile-packed.mjs";

const PUBLISHED = [
  "core",
  "codec",
  "contract",
  "codegen",
  "wire",
  "server",
  "client",
  "gateway",
  "testing",
  "transport-contract",
]
  .map((name) => `tightwire/${name}`)
  .concat("gen", "packages/client");
const tarballs = resolve(".pack/lint");

function check(what, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return true;
  console.error(`${what} failed:\n${stdout}${stderr}`);
  return false;
}

rmSync(tarballs, { recursive: true, force: true });
mkdirSync(tarballs, { recursive: true });
let good = true;
const packages = [];
for (const folder of PUBLISHED) {
  const { name } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const packed = execFileSync("pnpm", ["pack", "--pack-destination", tarballs], {
    cwd: folder,
    encoding: "utf8",
  });
  const tarball = resolve(tarballs, basename(packed.trim().split("\n").at(-1)));
  packages.push({ name, tarball });
  const linted = check(`publint ${name}`, "node_modules/.bin/publint", ["--strict", folder]);
  const typed = check(`attw ${name}`, "node_modules/.bin/attw", [tarball, "--profile", "esm-only"]);
  good &&= linted && typed;
  if (linted && typed) console.log(`${name}: publint and are-the-types-wrong are clean`);
}
const failed = compilePacked(packages);
if (failed === undefined) console.log("all entries compile with skipLibCheck off");
else console.error(`the types of the packed packages do not compile:\n${failed}`);
good &&= failed === undefined;
process.exit(good ? 0 : 1);
