// Holds the contracts to their form and to what was released.
//
// pnpm contract [format] [lint] [breaking] [--base <ref>] all three steps when none is named pnpm
// contract:release [--breaking] writes proto/released.binpb, after the same steps
//
// In a pull request (GITHUB_BASE_REF is set) or with --base, `breaking` compares with the merge
// base too.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

process.chdir(join(import.meta.dirname, ".."));

/**
 * Our own modules and the folder of each that holds its files (buf takes no module root as --path).
 */
const MODULES = [
  { root: "proto", files: "proto/shop" },
  { root: "tightwire/core/proto", files: "tightwire/core/proto/tightwire" },
  { root: "tightwire/core/proto-validate", files: "tightwire/core/proto-validate/buf" },
  {
    root: "tightwire/transport-contract/proto",
    files: "tightwire/transport-contract/proto/tightwire",
  },
  { root: "bench/proto", files: "bench/proto/bench" },
  { root: "fuzz/proto", files: "fuzz/proto/fuzz" },
  { root: "hostile/proto", files: "hostile/proto/hostile" },
  { root: "interop/proto", files: "interop/proto/grpc" },
];
const RELEASED = "proto/released.binpb";
const WORK = ".proto";
const RULES = JSON.stringify({ version: "v2", breaking: { use: ["FILE"] } });

/**
 * A contract that does not hold, or cannot be checked: one sentence, printed after the tool's own
 * output.
 */
class ContractError extends Error {
  constructor(sentence, output = "") {
    super(sentence);
    this.output = output;
  }
}

function runBuf(args) {
  const { status, stdout, stderr, error } = spawnSync(join("node_modules", ".bin", "buf"), args, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (error !== undefined)
    throw new ContractError(`buf does not start (${error.code}); run \`pnpm install\` first`);
  return { ok: status === 0, output: `${stdout}${stderr}`.trimEnd() };
}

/** Runs buf and throws, with all that it printed, when it refuses. */
function expectBuf(args, sentence) {
  const { ok, output } = runBuf(args);
  if (!ok) throw new ContractError(sentence, locate(output));
}

/**
 * Puts the module's folder before the files that buf names as it reads them in an image, so that
 * they can be opened from here.
 */
function locate(output) {
  return output.replace(/^[\w./-]+\.proto(?=:)/gm, (file) => {
    const module = MODULES.find(({ root }) => existsSync(join(root, file)));
    return module === undefined ? file : join(module.root, file);
  });
}

const ownPaths = (root) =>
  MODULES.map(({ files }) => join(root, files)).filter((path) => existsSync(path));

/** One image of all our modules: imports are in it, and marked as such. */
function buildImage(root, image, ...flags) {
  mkdirSync(dirname(image), { recursive: true });
  const paths = ownPaths(root).flatMap((path) => ["--path", path]);
  expectBuf(
    ["build", root, ...paths, ...flags, "-o", image],
    `the contracts in ${resolve(root)} do not compile`,
  );
}

function checkFormat() {
  const paths = ownPaths(".").flatMap((path) => ["--path", path]);
  // Never without --path, and never with -w: the files of other modules are links into the package
  // manager's store.
  expectBuf(
    ["format", "-d", "--exit-code", ...paths],
    "these contracts are not formatted; take over what the difference above shows",
  );
}

function checkLint() {
  expectBuf(["lint"], "these contracts break a lint rule");
  // The shop's alone: the contracts of tests and benchmarks are odd on purpose.
  const { status, output } = runContractProgram("lint", "proto");
  if (status !== 0) throw new ContractError("these contracts contradict themselves", output);
}

/** Runs the program that users run in their CI. */
function runContractProgram(...args) {
  const program = join(buildContractPackage(), "dist/cli/tightwire-contract.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}`.trimEnd() };
}

/** The folder of `@tightwire/contract`, which reads our options, once it is built. */
function buildContractPackage() {
  const contract = realpathSync("tightwire/contract");
  execFileSync(join("node_modules", ".bin", "tsc"), ["-b", contract], { stdio: "inherit" });
  return contract;
}

async function checkBreaking(baseRef) {
  if (!existsSync(RELEASED))
    throw new ContractError(`${RELEASED} is missing; \`pnpm contract:release\` writes it`);
  const current = join(WORK, "current.binpb");
  buildImage(".", current);
  await compare(current, RELEASED, "what was released");
  const base = baseRef === undefined ? undefined : unpackBase(baseRef);
  if (base !== undefined) await compare(current, base, `the merge base with ${baseRef}`);
}

async function compare(current, against, name) {
  const args = [
    "breaking",
    current,
    "--against",
    against,
    "--exclude-imports",
    "--config",
    RULES,
    "--against-config",
    RULES,
  ];
  expectBuf(
    args,
    `the contracts break ${name}; add new fields, methods or a new package version beside the old ones instead`,
  );
  await compareRoutes(current, against, name);
  compareOptions(current, against, name);
  console.log(`contract: nothing breaks ${name}`);
}

/** Routes are options, which `buf breaking` does not look at. */
async function compareRoutes(current, against, name) {
  const contract = buildContractPackage();
  const { findBrokenRoutes, readRoutesOf } = await import(join(contract, "dist/index.js"));
  const [before, now] = [against, current].map((image) => readRoutesOf(readFileSync(image)).routes);
  const broken = findBrokenRoutes(before, now);
  if (broken.length > 0)
    throw new ContractError(
      `the contracts break the routes of ${name}; add bindings beside the old ones instead`,
      broken.join("\n"),
    );
}

/** Policies, errors and rules are options, too. */
function compareOptions(current, against, name) {
  const { status, output } = runContractProgram("breaking", current, "--against", against);
  if (status !== 0)
    throw new ContractError(`the contracts promise less than ${name}, or ask for more`, output);
}

/**
 * Builds the contracts of the merge base; gives the image's path, or undefined when there were none
 * then.
 */
function unpackBase(ref) {
  const commit = git(
    ["merge-base", ref, "HEAD"],
    `there is no merge base of ${ref} and HEAD here; fetch ${ref} with its history`,
  ).trim();
  const roots = ["buf.yaml", ...MODULES.map(({ root }) => root)];
  const present = git(
    ["ls-tree", "--name-only", commit, ...roots],
    `the files of ${commit} cannot be listed`,
  )
    .split("\n")
    .filter(Boolean);
  if (!present.includes("buf.yaml")) {
    console.log(`contract: the merge base with ${ref} has no contracts`);
    return undefined;
  }
  const root = join(WORK, "base");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const archive = execFileSync("git", ["archive", commit, ...present], { maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", root], { input: archive });
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  const image = join(WORK, "base.binpb");
  buildImage(root, image);
  return image;
}

function git(args, sentence) {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  if (status !== 0) throw new ContractError(sentence);
  return stdout;
}

async function release(allowBreaking) {
  checkFormat();
  checkLint();
  if (existsSync(RELEASED) && !allowBreaking) await checkBreaking(undefined);
  buildImage(".", RELEASED, "--exclude-source-info");
  console.log(`contract: wrote ${RELEASED}; commit it`);
}

function readArguments() {
  const options = {
    base: { type: "string" },
    release: { type: "boolean", default: false },
    breaking: { type: "boolean", default: false },
  };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const pullRequest = process.env.GITHUB_BASE_REF;
  const base = values.base ?? (pullRequest ? `origin/${pullRequest}` : undefined);
  return { ...values, base, steps: positionals };
}

async function check(steps, base) {
  const all = { format: checkFormat, lint: checkLint, breaking: () => checkBreaking(base) };
  const unknown = steps.find((step) => !Object.hasOwn(all, step));
  if (unknown !== undefined)
    throw new ContractError(
      `there is no step "${unknown}"; there are ${Object.keys(all).join(", ")}`,
    );
  for (const [name, run] of Object.entries(all)) {
    if (steps.length > 0 && !steps.includes(name)) continue;
    await run();
    console.log(`contract: ${name} holds`);
  }
}

try {
  const { release: releasing, breaking, base, steps } = readArguments();
  if (releasing) await release(breaking);
  else await check(steps, base);
} catch (error) {
  // parseArgs has codes of its own, and its message names the option.
  if (!(error instanceof ContractError) && !String(error.code).startsWith("ERR_PARSE_ARGS"))
    throw error;
  if (error.output) console.error(error.output);
  console.error(`contract: ${error.message}`);
  process.exitCode = 1;
}
