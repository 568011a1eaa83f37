import {
  create,
  createFileRegistry,
  type DescFile,
  type DescMessage,
  maximumEdition,
  minimumEdition,
} from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  CodeGeneratorResponseSchema,
  CodeGeneratorResponse_Feature as Feature,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import { type Fault, findErrorEnumFaults, readRoutes } from "@tightwire/contract";
import { generateEntryFile } from "./entry-file.js";
import { generateErrorFile } from "./error-file.js";
import type { GeneratedFile } from "./generated-file.js";
import { GenerationError } from "./generation-error.js";
import { parsePluginOptions } from "./plugin-options.js";
import { CheckedMessages } from "./rules/checked-messages.js";
import { generateRulesFile } from "./rules/rules-file.js";
import { generateServiceFile } from "./service-file.js";
import { findSameTypeNames } from "./type-name.js";

/**
 * The plugin: writes `<file>.service.ts` for every `.proto` file with services. Faults of the
 * contract and unknown options are returned in the response's `error`, which buf and protoc print
 * before they exit with an error. What a contract says and this version does not keep yet is told
 * on stderr.
 */
export const tightwirePlugin: Plugin = {
  name: "protoc-gen-tightwire",
  version: "0.1.0",
  run: (request) => {
    try {
      return toResponse(generate(request));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return create(CodeGeneratorResponseSchema, { error: error.message });
    }
  },
};

function generate(request: CodeGeneratorRequest): GeneratedFile[] {
  const options = parsePluginOptions(request.parameter);
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
  const faults: Fault[] = [];
  const notes: string[] = [];
  const files = request.fileToGenerate.flatMap((name) => registry.getFile(name) ?? []);
  const messages = new CheckedMessages(registry);
  const services = files.flatMap(
    (file) => generateServiceFile(file, registry, messages, options, faults, notes) ?? [],
  );
  const routed = readRoutes(
    registry,
    files.flatMap((file) => file.services),
  );
  const errors = files.flatMap((file) => generateErrorFile(file, registry, options) ?? []);
  const requests = options.schemas ? requestsOf(files) : new Set<DescMessage>();
  const rules = files.flatMap(
    (file) => generateRulesFile(file, messages, requests, options, faults) ?? [],
  );
  faults.push(
    ...routed.faults,
    ...findErrorEnumFaults(registry, files),
    ...files.flatMap(findSameTypeNames),
  );
  if (faults.length > 0) throw new GenerationError(faults);
  // buf and protoc show what a plugin writes there.
  for (const note of notes) process.stderr.write(`${note}\n`);
  return [
    ...services,
    ...errors,
    ...rules,
    ...[...options.entries].map(([name, packageName]) =>
      generateEntryFile(name, packageName, files, registry, requests, messages),
    ),
  ];
}

/** The messages that are requests of a method. */
function requestsOf(files: readonly DescFile[]): ReadonlySet<DescMessage> {
  const methods = files.flatMap(({ services }) => services.flatMap((service) => service.methods));
  return new Set(methods.map(({ input }) => input));
}

function toResponse(files: readonly GeneratedFile[]): CodeGeneratorResponse {
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(Feature.PROTO3_OPTIONAL | Feature.SUPPORTS_EDITIONS),
    minimumEdition,
    maximumEdition,
    file: files.map(({ path, text }) => ({ name: path, content: text })),
  });
}
