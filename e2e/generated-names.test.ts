import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./shop-process.js";

// These tests run the build: `pnpm build` comes first.
const TIMESTAMP =
  "Mgoogle/protobuf/timestamp.proto=@tightwire/core/gen/google/protobuf/timestamp.js";

/** Messages that hide something of the language, or of the code around them. */
const MESSAGES = (
  "Array AsyncIterable BigInt BinaryReader BinaryWriter Boolean Buffer Builtin CallOptions Date " +
  "DeepPartial Error Exact Function Given Infinity Iterable JSON KeysOfUnion Map Math MessageFns " +
  "Number Object Partial PartialMessage Promise ReadonlyArray Record RequestStream ServerCall " +
  "ServiceDefinition String Symbol Uint8Array URL class default globalThis messageCodec undefined"
).split(" ");

/** Methods that objects have already, or by which something is taken for something else. */
const METHODS = {
  Then: "then$",
  Constructor: "constructor$",
  ToString: "toString$",
  ValueOf: "valueOf$",
  HasOwnProperty: "hasOwnProperty$",
  __proto__: "__proto__$",
  Catch: "catch",
  Finally: "finally",
  Delete: "delete",
};

function contractOf(name: string): string {
  return `syntax = "proto3";
package odd.${name.toLowerCase()}.v1;
import "google/protobuf/timestamp.proto";
message ${name} {
  string id = 1;
  message Inner { bytes raw = 1; map<int64, string> texts = 2; }
  Inner inner = 2;
}
message Everything {
  repeated ${name} many = 1;
  map<string, ${name}> named = 2;
  map<int64, ${name}> numbered = 3;
  optional ${name} one = 4;
  oneof choice { ${name} chosen = 5; ${name}.Inner inside = 6; double number = 7; }
  google.protobuf.Timestamp at = 8;
  bytes raw = 9;
  optional bytes more = 10;
  int64 big = 11;
  repeated uint64 bigs = 12;
}
service OddService {
  rpc Get(${name}) returns (Everything);
  rpc Watch(stream ${name}) returns (stream ${name});
  rpc Look(${name}.Inner) returns (${name}.Inner);
${Object.keys(METHODS)
  .map((method) => `  rpc ${method}(${name}) returns (${name});\n`)
  .join("")}}
`;
}

const MAIN = `
import { createChannel, createClient } from "@tightwire/client";
import { createServer, inProcess } from "@tightwire/server";
const results: Record<string, unknown> = {};
for (const name of ${JSON.stringify(MESSAGES)}) {
  const { OddService } = await import("./odd/" + name.toLowerCase() + "/v1/odd.service.js");
  const everything = (one: object): object => ({
    many: [one], named: { a: one }, numbered: new Map([[1n, one]]), one,
    choice: { $case: "chosen", value: one }, at: undefined, raw: new Uint8Array([1]),
    more: new Uint8Array([2]), big: 3n, bigs: [4n],
  });
  const handlers: Record<string, unknown> = {
    get: async (one: object) => everything(one),
    async *watch(all: AsyncIterable<object>) { yield* all; },
    look: async (inner: object) => inner,
  };
  const methods = ${JSON.stringify(Object.values(METHODS))};
  for (const method of methods)
    handlers[method] = async ({ id }: { id: string }) => ({ id: id + method, inner: undefined });
  const server = createServer().add(OddService, handlers as never);
  const channel = createChannel("in-process:", { transport: inProcess(server) });
  // Awaiting it would call a method \`then\`, which never settles.
  const client = (await createClient(OddService, channel)) as Record<string, Function>;
  const inner = { raw: new Uint8Array([5]), texts: new Map([[6n, "six"]]) };
  const got = await client.get!({ id: "a", inner });
  const watched = [];
  for await (const one of client.watch!([{ id: "b" }])) watched.push(one.id);
  const looked = await client.look!(inner);
  const called = [];
  for (const method of methods) called.push((await client[method]!({ id: "=" })).id);
  await channel.close();
  await server.stop({ pauseMs: 0 });
  results[name] = [
    got.choice.value.id, got.numbered.get(1n).inner.texts.get(6n), got.named.a.inner.raw[0],
    String(got.big + got.bigs[0]), looked.texts.get(6n), watched.join(), called.join(""),
  ].join(" ");
}
console.log(JSON.stringify(results));
`;

function writeProject(folder: string, contracts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(contracts)) {
    mkdirSync(join(folder, "proto", path), { recursive: true });
    writeFileSync(join(folder, "proto", path, "odd.proto"), text);
  }
  symlinkSync(join(repository, "examples/hello/node_modules"), join(folder, "node_modules"));
  const bin = (name: string): string => join(folder, "node_modules/.bin", name);
  const messages = ["enumsAsLiterals=true", "esModuleInterop=true", "exportCommonSymbols=false"];
  messages.push("forceLong=bigint", "importSuffix=.js", "oneof=unions-value", "useDate=false");
  messages.push("outputJsonMethods=false", "outputServices=none", "useExactTypes=false", TIMESTAMP);
  const plugin = { out: "src", strategy: "all" };
  const plugins = [
    { ...plugin, local: bin("protoc-gen-ts_proto-codec"), opt: messages },
    { ...plugin, local: bin("protoc-gen-tightwire"), opt: [TIMESTAMP] },
  ];
  const json = (name: string, value: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(value));
  json("buf.yaml", { version: "v2", modules: [{ path: "proto" }] });
  json("buf.gen.yaml", { version: "v2", inputs: [{ directory: "proto" }], plugins });
  json("package.json", { type: "module" });
  const strict = { strict: true, exactOptionalPropertyTypes: true, isolatedDeclarations: true };
  json("tsconfig.json", {
    extends: join(repository, "tsconfig.base.json"),
    compilerOptions: {
      ...strict,
      composite: false,
      noPropertyAccessFromIndexSignature: false,
      rootDir: "src",
      outDir: "dist",
      typeRoots: [join(repository, "node_modules/@types")],
    },
    include: ["src"],
  });
}

/** What a command prints. Throws an Error with all of it when the command fails. */
function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-names-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("messages and methods with names that the language or generated code needs compile and are called", () => {
  inFolder((folder) => {
    const contracts = MESSAGES.map((name) => [`odd/${name.toLowerCase()}/v1`, contractOf(name)]);
    writeProject(folder, Object.fromEntries(contracts) as Record<string, string>);
    run(folder, join(repository, "node_modules/.bin/buf"), "generate");
    writeFileSync(join(folder, "src/main.ts"), MAIN);
    run(folder, join(repository, "node_modules/.bin/tsc"), "-p", ".");
    const printed = run(folder, process.execPath, "dist/main.js");
    const called = Object.values(METHODS)
      .map((method) => `=${method}`)
      .join("");
    expect(JSON.parse(printed)).toEqual(
      Object.fromEntries(MESSAGES.map((name) => [name, `a six 5 7 six b ${called}`])),
    );
  });
});
