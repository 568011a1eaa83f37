import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { tightwirePlugin } from "./plugin.js";

const repository = join(import.meta.dirname, "..", "..", "..");
const nodeModules = join(repository, "node_modules");
const PROTOS = "node_modules/google-gax/build/protos";
const WORKSPACE = `
version: v2
modules:
  - path: proto
  - path: policy
  - path: validate
  - path: ${PROTOS}
    includes: [${PROTOS}/google/api, ${PROTOS}/google/rpc, ${PROTOS}/google/type]
    excludes: [${["apikeys", "cloudquotas", "expr", "servicecontrol", "servicemanagement", "serviceusage"].map((name) => `${PROTOS}/google/api/${name}`).join(", ")}]
`;

/** The file name of a test's contract, as faults show it. */
export const CONTRACT = "try/v1/try.proto";

/** Compiles a contract with buf, into the request that buf would send to the plugin. */
export function compileContract(source: string, parameter = ""): CodeGeneratorRequest {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-codegen-"));
  try {
    mkdirSync(join(folder, "proto/try/v1"), { recursive: true });
    writeFileSync(join(folder, "proto", CONTRACT), source);
    writeFileSync(join(folder, "buf.yaml"), WORKSPACE);
    cpSync(join(repository, "tightwire/core/proto"), join(folder, "policy"), { recursive: true });
    cpSync(join(repository, "tightwire/core/proto-validate"), join(folder, "validate"), {
      recursive: true,
    });
    symlinkSync(nodeModules, join(folder, "node_modules"));
    const args = [
      "build",
      folder,
      "--path",
      join(folder, "proto/try"),
      "--as-file-descriptor-set",
      "-o",
      "-#format=binpb",
    ];
    const { file } = fromBinary(
      FileDescriptorSetSchema,
      execFileSync(join(nodeModules, ".bin/buf"), args),
    );
    return create(CodeGeneratorRequestSchema, {
      parameter,
      protoFile: file,
      fileToGenerate: [CONTRACT],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The contract's own file in a request, for changing it. */
export function contractFile(request: CodeGeneratorRequest): FileDescriptorProto {
  const file = request.protoFile.find((candidate) => candidate.name === CONTRACT);
  if (file === undefined) throw new Error(`${CONTRACT} is not in the request`);
  return file;
}

/** Runs the plugin. Returns the generated texts by path. Throws an Error when it refuses. */
export function generateFrom(source: string, parameter?: string): ReadonlyMap<string, string> {
  const response: CodeGeneratorResponse = tightwirePlugin.run(compileContract(source, parameter));
  if (response.error !== "") throw new Error(response.error);
  return new Map(response.file.map(({ name, content }) => [name, content]));
}
