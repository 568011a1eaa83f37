// Runs protobuf's own conformance suite, its binary part, against the code that our plugin writes:
//
//     sh scripts/conformance/build-runner.sh <folder>
//     pnpm conformance <folder> [--drop-unknown-fields] [--verbose]
//
// Prints how many cases of each kind fail, and which; fails when a required case of proto3 does.
// The cases of our own, which need no runner, are `pnpm conformance:cases`.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";

process.chdir(join(import.meta.dirname, "../.."));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "drop-unknown-fields": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
const runner = folder === undefined ? "" : resolve(folder, "conformance_test_runner");
if (!existsSync(runner)) {
  console.error(
    "conformance: no runner there; build it with `sh scripts/conformance/build-runner.sh <folder>`",
  );
  process.exit(1);
}

/** Generates the code of the suite's contracts and bundles it with the testee. */
async function build(root) {
  const template = join(root, "buf.gen.json");
  const options = [
    "enumsAsLiterals=true",
    "esModuleInterop=true",
    "forceLong=bigint",
    "importSuffix=.js",
    "oneof=unions-value",
    "outputJsonMethods=false",
    "outputServices=none",
    "useDate=false",
    ...(values["drop-unknown-fields"] ? [] : ["unknownFields=true"]),
  ];
  const plugin = {
    local: ["node", "tightwire/codec/dist/protoc-gen-ts_proto-codec.js"],
    out: join(root, "generated"),
    strategy: "all",
    include_imports: true,
    include_wkt: true,
    opt: options,
  };
  writeFileSync(template, JSON.stringify({ version: "v2", plugins: [plugin] }));
  const contracts = resolve(folder, "contracts");
  execFileSync("node_modules/.bin/buf", ["generate", "--template", template, contracts], {
    stdio: "inherit",
  });
  const bundle = await rolldown({
    input: "scripts/conformance/testee.mjs",
    platform: "node",
    resolve: {
      alias: {
        "@tightwire/codec/wire": resolve("tightwire/codec/dist/wire.js"),
        "@tightwire/codec": resolve("tightwire/codec/dist/index.js"),
        generated: join(root, "generated"),
      },
      extensionAlias: { ".js": [".ts", ".js"] },
    },
  });
  const testee = join(root, "testee.mjs");
  await bundle.write({ file: testee, format: "esm", codeSplitting: false });
  await bundle.close();
  return testee;
}

/** A case has the name `<level>.<syntax>.ProtobufInput.<name>[.ProtobufOutput]`. */
const CASE = /^conformance test: name=((\w+)\.(\w+)\.ProtobufInput\.([^, ]+)), /gm;
const FAILURE = /^(?:ERROR|WARNING), test=(\S+): (.*)$/gm;

/** Prints the failures of each level and syntax. Returns whether all that must pass does. */
function report(output) {
  const failures = new Map(
    [...output.matchAll(FAILURE)].map(([, name, reason]) => [name, reason.slice(0, 200)]),
  );
  const kinds = new Map();
  for (const [, whole, level, syntax, name] of output.matchAll(CASE)) {
    if (/\.(Json|TextFormat)Output$/.test(name)) continue;
    const kind = `${syntax.toLowerCase()}, ${level.toLowerCase()}`;
    if (!kinds.has(kind)) kinds.set(kind, { names: new Set(), failed: new Set() });
    const { names, failed } = kinds.get(kind);
    names.add(name);
    if (failures.has(whole)) failed.add(`${name}: ${failures.get(whole)}`);
  }
  for (const [kind, { names, failed }] of [...kinds].sort()) {
    console.log(`${kind}, binary: ${failed.size} of ${names.size} fail`);
    if (values.verbose) for (const failure of failed) console.log(`  ${failure}`);
  }
  return kinds.get("proto3, required")?.failed.size === 0;
}

const root = mkdtempSync(join(tmpdir(), "tightwire-conformance-"));
try {
  mkdirSync(join(root, "generated"));
  const testee = await build(root);
  const start = join(root, "testee.sh");
  writeFileSync(start, `#!/bin/sh\nexec "${process.execPath}" "${testee}"\n`, { mode: 0o755 });
  const { stdout, stderr } = spawnSync(
    runner,
    ["--verbose", "--enforce_recommended", "--output_dir", root, start],
    { encoding: "latin1", maxBuffer: Number.POSITIVE_INFINITY },
  );
  if (!report(stdout + stderr)) process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
