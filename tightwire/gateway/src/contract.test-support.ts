import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const gateway = join(import.meta.dirname, "..");
const CORE = join(gateway, "../core");
const BUF = join(gateway, "../../node_modules/.bin/buf");

/** The contracts to compile: texts, and contracts of Google. */
export interface ContractSources {
  /** Texts, by path: `try/v1/try.proto`. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Files and folders of Google's contracts: `google/pubsub/v1`. Imports are included
   * automatically.
   */
  readonly google?: readonly string[];
}

/**
 * Compiles contracts with buf into a descriptor image. They may import all contracts of Google, and
 * the options of policies, errors and rules.
 */
export function compileImage({ files = {}, google = [] }: ContractSources): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-gateway-"));
  try {
    symlinkSync(join(gateway, "node_modules/google-proto-files"), join(folder, "google"));
    for (const name of ["proto", "proto-validate"])
      cpSync(join(CORE, name), join(folder, `core/${name}`), { recursive: true });
    mkdirSync(join(folder, "proto"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, "proto", dirname(path)), { recursive: true });
      writeFileSync(join(folder, "proto", path), text);
    }
    // A test may bring a policy of its own, and buf refuses a file that is there twice.
    const own = Object.keys(files).some((path) => path.startsWith("tightwire/"));
    const options = [...(own ? [] : ["core/proto"]), "core/proto-validate"];
    const modules = Object.keys(files).length === 0 ? ["google"] : ["proto", ...options, "google"];
    writeFileSync(
      join(folder, "buf.yaml"),
      `version: v2\nmodules:\n${modules.map((path) => `  - path: ${path}\n`).join("")}`,
    );
    const wanted = [
      ...Object.keys(files).map((path) => `proto/${path}`),
      ...google.map((path) => `google/${path}`),
    ];
    const paths = wanted.flatMap((path) => ["--path", join(folder, path)]);
    const args = ["build", folder, ...paths, "--as-file-descriptor-set", "-o", "-#format=binpb"];
    return execFileSync(BUF, args, { maxBuffer: 256 * 1024 * 1024 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const WELL_KNOWN = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"];

/**
 * Completes the text of a contract with its first lines, which import HTTP rules and all well-known
 * types.
 */
export function contractText(packageName: string, text: string): string {
  const imports = [
    "google/api/annotations.proto",
    "google/api/httpbody.proto",
    ...WELL_KNOWN.map((name) => `google/protobuf/${name}.proto`),
  ];
  return [
    'syntax = "proto3";',
    `package ${packageName};`,
    ...imports.map((path) => `import "${path}";`),
    text,
  ].join("\n");
}

/** Compiles the text of one contract, without its first lines. Its package is `try.v1`. */
export function compileContract(text: string): Uint8Array {
  return compileImage({ files: { "try/v1/try.proto": contractText("try.v1", text) } });
}
