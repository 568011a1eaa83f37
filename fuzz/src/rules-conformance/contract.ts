import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  type FileDescriptorProto,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { Violations } from "@tightwire/core/validation";

const REPOSITORY: string = join(import.meta.dirname, "../../..");
/** Inside this package, so that what generated code imports is found. */
const FOLDER: string = join(REPOSITORY, "fuzz/node_modules/.cache/rules-conformance");
const PROTOS = "proto/protovalidate-testing/buf/validate/conformance/cases";
const PREFIX = "buf/validate/conformance/cases/";

/** The generated code of a message: it decodes, and checks the rules, if there are any. */
export interface Generated {
  decode(bytes: Uint8Array): unknown;
  readonly check: ((message: unknown, found: Violations) => void) | undefined;
}

/** The contract of the suite, compiled and generated. */
export interface Contract {
  readonly set: FileDescriptorSet;
  /** The generated code of a message, or why generation refuses it, or one that it uses. */
  find(message: DescMessage): Promise<Generated | string>;
}

/**
 * Compiles the contract of a checkout of protovalidate with this repository's rules, and generates
 * what generation does not refuse.
 */
export function openContract(checkout: string): Contract {
  const set = compile(checkout);
  const refused = new Map<string, string>();
  const own = set.file.filter(({ name }) => name.startsWith(PREFIX));
  for (;;) {
    const faults = generate(prune(set, refused), own);
    if (faults.length === 0) break;
    const before = refused.size;
    for (const fault of faults) refuse(fault, set, refused);
    if (refused.size === before) throw new Error(`generation fails:\n${faults.join("\n")}`);
  }
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(TSCONFIG));
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify({ type: "module" }));
  execFileSync(join(REPOSITORY, "node_modules/.bin/tsc"), ["-p", FOLDER], { stdio: "inherit" });
  return { set, find: (message) => find(message, refused) };
}

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    types: ["node"],
    typeRoots: [join(REPOSITORY, "node_modules/@types")],
    strict: true,
    skipLibCheck: true,
    rootDir: "src",
    outDir: "dist",
  },
  include: ["src"],
};

function compile(checkout: string): FileDescriptorSet {
  rmSync(FOLDER, { recursive: true, force: true });
  cpSync(join(checkout, PROTOS), join(FOLDER, "proto", PREFIX), { recursive: true });
  cpSync(join(REPOSITORY, "tightwire/core/proto-validate"), join(FOLDER, "validate"), {
    recursive: true,
  });
  const modules = [{ path: "proto" }, { path: "validate" }];
  writeFileSync(join(FOLDER, "buf.yaml"), JSON.stringify({ version: "v2", modules }));
  const image = join(FOLDER, "image.binpb");
  const flags = ["--as-file-descriptor-set", "-o", image];
  execFileSync(join(REPOSITORY, "node_modules/.bin/buf"), ["build", FOLDER, ...flags], {
    stdio: "inherit",
  });
  return fromBinary(FileDescriptorSetSchema, readFileSync(image));
}

/** Runs both plugins, and writes what they generate. Returns the lines of their faults. */
function generate(set: FileDescriptorSet, own: readonly FileDescriptorProto[]): string[] {
  const names = own.map(({ name }) => name);
  const plugins = [
    ["codec/dist/protoc-gen-ts_proto-codec.js", TS_PROTO],
    ["codegen/dist/protoc-gen-tightwire.js", ["schemas=false"]],
  ] as const;
  for (const [plugin, options] of plugins) {
    const request = create(CodeGeneratorRequestSchema, {
      protoFile: set.file,
      fileToGenerate: names,
      parameter: options.join(","),
    });
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(REPOSITORY, "tightwire", plugin)],
      {
        cwd: REPOSITORY,
        input: toBinary(CodeGeneratorRequestSchema, request),
        maxBuffer: Number.POSITIVE_INFINITY,
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    if (status !== 0) throw new Error(`${plugin} failed`);
    const response = fromBinary(CodeGeneratorResponseSchema, stdout);
    if (response.error !== "") return response.error.split("\n");
    for (const { name, content } of response.file) write(join(FOLDER, "src", name), content);
  }
  return [];
}

const TS_PROTO: readonly string[] = [
  "enumsAsLiterals=true",
  "esModuleInterop=true",
  "exportCommonSymbols=false",
  "forceLong=bigint",
  "importSuffix=.js",
  "oneof=unions-value",
  "outputJsonMethods=false",
  "outputServices=none",
  "useDate=false",
  "useExactTypes=false",
];

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Refuses the message of a fault, `file:line:column: subject: text`, and those that use it. */
function refuse(fault: string, set: FileDescriptorSet, refused: Map<string, string>): void {
  const [, subject = "", text = ""] = /^[^ ]+: ([\w.]+): (.*)$/.exec(fault) ?? [];
  const messages = set.file.flatMap((file) =>
    file.messageType.map((one) => ({ one, name: `${file.package}.${one.name}` })),
  );
  const found = messages.find(({ name }) => subject === name || subject.startsWith(`${name}.`));
  if (found === undefined) return;
  refused.set(found.name, text);
  for (const { one, name } of messages)
    if (!refused.has(name) && uses(one, found.name))
      refuse(`x: ${name}: uses ${found.name}: ${text}`, set, refused);
}

function uses(message: DescriptorProto, name: string): boolean {
  return (
    message.field.some(
      ({ typeName }) => typeName === `.${name}` || typeName.startsWith(`.${name}.`),
    ) || message.nestedType.some((nested) => uses(nested, name))
  );
}

function prune(set: FileDescriptorSet, refused: ReadonlyMap<string, string>): FileDescriptorSet {
  const file = set.file.map((one) => ({
    ...one,
    messageType: one.messageType.filter(({ name }) => !refused.has(`${one.package}.${name}`)),
    extension: one.extension.filter(
      ({ typeName }) => ![...refused.keys()].some((name) => typeName === `.${name}`),
    ),
  }));
  return { ...set, file };
}

async function find(
  message: DescMessage,
  refused: ReadonlyMap<string, string>,
): Promise<Generated | string> {
  let outermost = message;
  while (outermost.parent !== undefined) outermost = outermost.parent;
  const why = refused.get(outermost.typeName);
  if (why !== undefined) return why;
  const module = (suffix: string): Promise<Record<string, never>> =>
    import(pathToFileURL(join(FOLDER, "dist", `${message.file.name}${suffix}.js`)).href);
  const name = message.typeName.slice(message.file.proto.package.length + 1).replaceAll(".", "_");
  const codec = ((await module("")) as Record<string, Generated | undefined>)[name];
  if (codec === undefined) throw new Error(`no generated code of ${message.typeName}`);
  const rules = (await module(".rules").catch(() => ({}))) as Record<string, Generated["check"]>;
  return { decode: (bytes) => codec.decode(bytes), check: rules[`check${name}`] };
}
