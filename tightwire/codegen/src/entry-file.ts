import type { DescEnum, DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { errorLists } from "./error-file.js";
import { errorListName, errorModule } from "./error-name.js";
import { type GeneratedFile, generatedFile } from "./generated-file.js";
import type { CheckedMessages } from "./rules/checked-messages.js";
import { checkName, rulesModule, schemaName } from "./rules/rules-name.js";
import { nameService } from "./service-interfaces.js";
import { typeName } from "./type-name.js";

/**
 * Generates the entry point `<name>.ts` of a package: it exports every message, enum, service, list
 * of errors and schema of the package's files, so that a package has one import path. Throws an
 * Error when no generated file has this package.
 */
export function generateEntryFile(
  name: string,
  packageName: string,
  files: readonly DescFile[],
  registry: FileRegistry,
  requests: ReadonlySet<DescMessage>,
  messages: CheckedMessages,
): GeneratedFile {
  const members = files.filter((file) => file.proto.package === packageName);
  if (members.length === 0)
    throw new Error(`option "entry": no generated file has the package "${packageName}"`);
  const exported = members.flatMap((file) => printExports(file, registry, requests, messages));
  const twice = repeatedName(exported);
  if (twice !== undefined)
    throw new Error(
      `option "entry": the package "${packageName}" has \`${twice}\` twice in TypeScript; rename one of them`,
    );
  return generatedFile(`${name}.ts`, `package: ${packageName}`, exported);
}

function printExports(
  file: DescFile,
  registry: FileRegistry,
  requests: ReadonlySet<DescMessage>,
  messages: CheckedMessages,
): string[] {
  const types = [...file.enums, ...file.messages.flatMap(withNested)].map(typeName);
  const names = file.services.map(nameService);
  const services = `./${file.name}.service.js`;
  return [
    ...formatExport("export", types, `./${file.name}.js`),
    ...formatExport(
      "export type",
      names.flatMap(({ client, handlers }) => [client, handlers]),
      services,
    ),
    ...formatExport(
      "export",
      names.map(({ definition }) => definition),
      services,
    ),
    ...formatExport(
      "export",
      errorLists(file, registry).map(({ desc }) => errorListName(desc)),
      `./${errorModule(file)}.js`,
    ),
    ...formatExport(
      "export",
      [
        // Checks of other packages call these.
        ...file.messages
          .flatMap(messagesWithin)
          .filter((one) => messages.isChecked(one))
          .map(checkName),
        ...[...requests].filter((message) => message.file === file).map(schemaName),
      ],
      `./${rulesModule(file)}.js`,
    ),
  ];
}

/** A name that is exported twice. */
function repeatedName(lines: readonly string[]): string | undefined {
  const names = lines.flatMap((line) => /^ {2}(\w+),$/.exec(line)?.[1] ?? inlineNames(line));
  return names.find((name, index) => names.indexOf(name) !== index);
}

function inlineNames(line: string): string[] {
  return /\{ (.*) \}/.exec(line)?.[1]?.split(", ") ?? [];
}

function messagesWithin(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(messagesWithin)];
}

/** A message and the nested types that ts-proto exports. */
function withNested(message: DescMessage): (DescEnum | DescMessage)[] {
  return [message, ...message.nestedEnums, ...message.nestedMessages.flatMap(withNested)];
}

function formatExport(keyword: string, names: readonly string[], from: string): string[] {
  if (names.length === 0) return [];
  const sorted = [...names].sort();
  if (sorted.length < 4) return [`${keyword} { ${sorted.join(", ")} } from "${from}";`];
  return [`${keyword} {`, ...sorted.map((name) => `  ${name},`), `} from "${from}";`];
}
