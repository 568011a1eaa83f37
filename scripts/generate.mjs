// Writes all generated code, the descriptor images and the OpenAPI document, or with --check
// compares them with what is there.
//
//     pnpm generate [--check]
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

process.chdir(join(import.meta.dirname, ".."));

const bin = (name) => join("node_modules", ".bin", name);

/**
 * One a package: buf's template and the folder it fills, and the image to build, of the modules,
 * folders or files named by `paths`, with `comments` or without.
 */
const PACKAGES = [
  { template: "tightwire/codec/buf.gen.yaml", folder: "tightwire/codec/src/gen" },
  { template: "tightwire/core/buf.gen.yaml", folder: "tightwire/core/src/gen" },
  {
    template: "buf.gen.yaml",
    folder: "gen/src",
    image: "gen/descriptors.binpb",
    input: "proto",
    paths: [],
    comments: true,
  },
  {
    template: "tightwire/server/buf.gen.yaml",
    folder: "tightwire/server/src/gen",
    image: "tightwire/server/descriptors.binpb",
    input: ".",
    paths: [
      "node_modules/grpc-health-check/proto/health",
      "node_modules/@grpc/reflection/build/proto/grpc",
    ],
  },
  {
    template: "tightwire/transport-contract/buf.gen.yaml",
    folder: "tightwire/transport-contract/src/gen",
    image: "tightwire/transport-contract/descriptors.binpb",
    input: "tightwire/transport-contract/proto",
    paths: [],
  },
  // The standard details of errors, which the gateway writes as JSON.
  {
    image: "tightwire/gateway/descriptors.binpb",
    input: ".",
    paths: [
      "node_modules/google-gax/build/protos/google/rpc/error_details.proto",
      "node_modules/google-gax/build/protos/google/rpc/status.proto",
    ],
  },
  { template: "bench/buf.gen.yaml", folder: "bench/src/gen" },
  { template: "bench/checked.gen.yaml", folder: "bench/src/gen/checked" },
  {
    template: "bench/rest.gen.yaml",
    folder: "bench/src/gen/rest",
    image: "bench/descriptors.binpb",
    input: "bench/proto",
    paths: [],
  },
  {
    template: "interop/buf.gen.yaml",
    folder: "interop/src/gen",
    image: "interop/descriptors.binpb",
    input: "interop/proto",
    paths: [],
  },
  {
    template: "fuzz/buf.gen.yaml",
    folder: "fuzz/src/gen",
    image: "fuzz/rules.binpb",
    input: "fuzz/proto",
    paths: [],
  },
  {
    template: "hostile/buf.gen.yaml",
    folder: "hostile/src/gen",
    image: "hostile/descriptors.binpb",
    input: "hostile/proto",
    paths: [],
  },
  // A user's project of its own: it is generated from inside, as its user would.
  {
    cwd: "examples/hello",
    template: "buf.gen.yaml",
    folder: "examples/hello/src/gen",
    image: "examples/hello/hello.binpb",
    input: "proto",
    paths: [],
  },
];

const OPENAPI = "gen/openapi.json";
/** A page for each service of the shop. */
const DOCS = "gen/docs";
const DOCS_PROGRAM = "tightwire/contract/dist/cli/tightwire-contract.js";

/** Generates everything below `root`, in the same folders as in the repository. */
function generate(root) {
  execFileSync(bin("tsc"), ["-b", "tightwire/codec", "tightwire/codegen"], { stdio: "inherit" });
  for (const { cwd = ".", template, image, input, paths, comments = false } of PACKAGES) {
    const env = {
      ...process.env,
      PATH: `${resolve(cwd, "node_modules/.bin")}:${process.env.PATH}`,
    };
    const options = { cwd, env, stdio: "inherit" };
    if (template !== undefined)
      execFileSync(
        resolve(bin("buf")),
        ["generate", "--template", template, "--output", resolve(root, cwd)],
        options,
      );
    if (image === undefined) continue;
    const flags = paths.flatMap((path) => ["--path", path]);
    mkdirSync(join(root, image, ".."), { recursive: true });
    // Comments are for the gateway's OpenAPI: they are no part of what reflection tells, and most
    // of the bytes.
    execFileSync(
      resolve(bin("buf")),
      [
        "build",
        input,
        ...flags,
        ...(comments ? [] : ["--exclude-source-info"]),
        "--as-file-descriptor-set",
        "-o",
        resolve(root, image),
      ],
      options,
    );
  }
  execFileSync(
    process.execPath,
    ["scripts/openapi.mjs", join(root, "gen/descriptors.binpb"), join(root, OPENAPI)],
    { stdio: "inherit" },
  );
  execFileSync(process.execPath, [DOCS_PROGRAM, "docs", "proto", "--out", join(root, DOCS)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Names the generated files that are not byte for byte those below `root`. */
function compare(root) {
  const files = new Set([OPENAPI, ...PACKAGES.flatMap(({ image }) => image ?? [])]);
  for (const folder of [DOCS, ...PACKAGES.flatMap(({ folder }) => folder ?? [])])
    for (const path of [
      ...listFiles(folder),
      ...listFiles(join(root, folder)).map((file) => file.slice(root.length + 1)),
    ])
      files.add(path);
  return [...files].sort().flatMap((file) => {
    const made = join(root, file);
    if (!existsSync(made)) return [`${file}: no contract makes it any more`];
    if (!existsSync(file)) return [`${file}: missing`];
    return readFileSync(made).equals(readFileSync(file)) ? [] : [`${file}: differs`];
  });
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function check() {
  const root = mkdtempSync(join(tmpdir(), "tightwire-generate-"));
  try {
    generate(root);
    const differences = compare(root);
    if (differences.length === 0)
      return console.log("generate: every generated file is what the contracts make");
    console.error(
      `generate: these files are not what the contracts make; run \`pnpm generate\` and commit:\n  ${differences.join("\n  ")}`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * Runs one of the two; a tool that failed has said why, so that only its exit status is left to
 * pass on.
 */
function main() {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  try {
    if (values.check) check();
    else generate(".");
  } catch (error) {
    if (error.status === undefined) throw error;
    process.exitCode = 1;
  }
}

main();
