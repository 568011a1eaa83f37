import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nameOf, protoOf } from "./contract.js";
import type { Project } from "./project.js";

const REPOSITORY: string = join(import.meta.dirname, "../../..");

/** What the projects are checked with: strict, as this repository is. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023"],
    module: "nodenext",
    types: ["node"],
    typeRoots: [join(REPOSITORY, "node_modules/@types")],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["src"],
};

/** A folder of that name inside this package, so that what its code imports is found. */
export function folderOf(name: string): string {
  return join(REPOSITORY, "bench/node_modules/.cache/types", name);
}

/** Writes the contract of so many services into an empty `folder`. */
export function writeContract(folder: string, services: number): void {
  rmSync(folder, { recursive: true, force: true });
  for (let service = 0; service < services; service++) {
    const name = nameOf(service);
    write(join(folder, "proto", name, "v1", `${name}.proto`), protoOf(service));
  }
  const core = join(REPOSITORY, "tightwire/core");
  cpSync(join(core, "proto"), join(folder, "policy"), { recursive: true });
  cpSync(join(core, "proto-validate"), join(folder, "validate"), { recursive: true });
  const modules = ["proto", "policy", "validate"].map((path) => ({ path }));
  write(join(folder, "buf.yaml"), JSON.stringify({ version: "v2", modules }));
}

/**
 * Generates the code of a project from the contract in `folder`, and writes the program of its
 * users. Returns the folder of the project. Throws an Error with what buf printed.
 */
export function writeProject(folder: string, project: Project, services: number): string {
  const own = join(folder, project.name.replaceAll(/\W+/g, "-"));
  const template = {
    version: "v2",
    inputs: [{ directory: join(folder, "proto") }],
    plugins: project.plugins.map((plugin) => ({ out: join(own, "src/gen"), ...plugin })),
  };
  const buf = join(REPOSITORY, "node_modules/.bin/buf");
  run(buf, ["generate", "--template", JSON.stringify(template)]);
  for (let service = 0; service < services; service++)
    write(join(own, "src", `${nameOf(service)}.ts`), project.sourceOf(service));
  write(join(own, "tsconfig.json"), JSON.stringify(TSCONFIG));
  write(join(own, "package.json"), JSON.stringify({ type: "module" }));
  return own;
}

/** What one type check took. */
export interface TypeCheck {
  /** Of the whole process, in milliseconds. */
  readonly ms: number;
  /** As the compiler tells it, in KiB. */
  readonly memoryKiB: number;
  /** Lines of all files, those of libraries too. */
  readonly lines: number;
}

/** Checks the types of a project once. Throws an Error with what the compiler printed. */
export function checkTypes(own: string): TypeCheck {
  const tsc = join(REPOSITORY, "node_modules/.bin/tsc");
  const began = performance.now();
  const printed = run(tsc, ["--noEmit", "--extendedDiagnostics", "-p", own]);
  const ms = performance.now() - began;
  return { ms, memoryKiB: figure(printed, "Memory used"), lines: figure(printed, "Lines") };
}

function figure(printed: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(printed)?.[1];
  if (found === undefined) throw new Error(`tsc did not tell "${name}":\n${printed}`);
  return Number(found);
}

function run(file: string, args: readonly string[]): string {
  try {
    const options = { cwd: REPOSITORY, encoding: "utf8", maxBuffer: 1 << 28 } as const;
    return execFileSync(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} failed:\n${(stderr + stdout).slice(0, 4_000)}`, { cause: error });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
