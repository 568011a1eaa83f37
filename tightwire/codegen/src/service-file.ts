import { posix } from "node:path";
import type { DescFile, FileRegistry } from "@bufbuild/protobuf";
import { messageName } from "@tightwire/codec/message-name";
import { createFault, type Fault, readErrors } from "@tightwire/contract";
import { type GeneratedFile, generatedFile } from "./generated-file.js";
import { createImportList } from "./import-list.js";
import type { PluginOptions } from "./plugin-options.js";
import type { CheckedMessages } from "./rules/checked-messages.js";
import { printDefinition } from "./service-definition.js";
import { GIVEN, nameService, printClient, printHandlers } from "./service-interfaces.js";

/**
 * Generates the code of a `.proto` file's services; undefined when it has none. Adds the faults of
 * the services to `faults`, and what is worth knowing to `notes`.
 */
export function generateServiceFile(
  file: DescFile,
  registry: FileRegistry,
  messages: CheckedMessages,
  options: PluginOptions,
  faults: Fault[],
  notes: string[],
): GeneratedFile | undefined {
  if (file.services.length === 0) return undefined;
  const path = `${file.name}.service.ts`;
  const reserved = new Set([...GLOBALS, GIVEN, ...nameServices(file, faults)]);
  const imports = createImportList(path, options.imports, reserved);
  // Not posix.relative, which resolves against the current folder and stops at its root.
  const up = posix.dirname(path).replace(/[^/]+/g, "..");
  const image = options.image === undefined ? {} : { image: posix.join(up, options.image) };
  const context = { registry, messages, imports, faults, notes, ...image };
  const body = file.services.flatMap((service) => {
    const { errors, faults: errorFaults } = readErrors(registry, service);
    faults.push(...errorFaults);
    return [
      "",
      ...printHandlers(service, errors, imports),
      "",
      ...printClient(service, imports),
      "",
      ...printDefinition(service, errors, context),
    ];
  });
  return generatedFile(path, `source: ${file.name}.proto`, [...imports.lines(), ...body]);
}

/** What a generated file uses of the language. A message of such a name is imported by another. */
const GLOBALS: readonly string[] = ["AsyncIterable", "Pick", "Promise", "URL"];

/**
 * The names that a file's services export. Two services with the same name are a fault, and so is a
 * service with a name that the file needs.
 */
function nameServices(file: DescFile, faults: Fault[]): Set<string> {
  const taken = new Set<string>();
  for (const service of file.services) {
    for (const name of Object.values(nameService(service))) {
      if (GLOBALS.includes(name) || messageName(name) !== name)
        faults.push(
          createFault(
            service,
            [],
            `generated code needs the name \`${name}\` for something else; rename the service`,
          ),
        );
      if (taken.has(name))
        faults.push(
          createFault(
            service,
            [],
            `has the same name in TypeScript as another service of this file: \`${name}\``,
          ),
        );
      taken.add(name);
    }
  }
  return taken;
}
