import type { DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { withNested } from "@tightwire/contract";
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
  const exports = members.flatMap((file) => listExports(file, registry, requests, messages));
  const names = exports.flatMap((one) => one.names);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined)
    throw new Error(
      `option "entry": the package "${packageName}" has \`${twice}\` twice in TypeScript; rename one of them`,
    );
  return generatedFile(`${name}.ts`, `package: ${packageName}`, exports.flatMap(printExport));
}

/** What the entry point exports of one generated file. */
interface Export {
  readonly keyword: "export" | "export type";
  readonly names: readonly string[];
  readonly from: string;
}

function listExports(
  file: DescFile,
  registry: FileRegistry,
  requests: ReadonlySet<DescMessage>,
  messages: CheckedMessages,
): Export[] {
  const all = file.messages.flatMap(withNested);
  const types = [...file.enums, ...all.flatMap((one) => [one, ...one.nestedEnums])].map(typeName);
  const names = file.services.map(nameService);
  const services = `./${file.name}.service.js`;
  return [
    { keyword: "export", names: types, from: `./${file.name}.js` },
    {
      keyword: "export type",
      names: names.flatMap(({ client, handlers }) => [client, handlers]),
      from: services,
    },
    { keyword: "export", names: names.map(({ definition }) => definition), from: services },
    {
      keyword: "export",
      names: errorLists(file, registry).map(({ desc }) => errorListName(desc)),
      from: `./${errorModule(file)}.js`,
    },
    {
      keyword: "export",
      names: [
        // Checks of other packages call these.
        ...all.filter((one) => messages.isChecked(one)).map(checkName),
        ...[...requests].filter((message) => message.file === file).map(schemaName),
      ],
      from: `./${rulesModule(file)}.js`,
    },
  ];
}

function printExport({ keyword, names, from }: Export): string[] {
  if (names.length === 0) return [];
  const sorted = [...names].sort();
  if (sorted.length < 4) return [`${keyword} { ${sorted.join(", ")} } from "${from}";`];
  return [`${keyword} {`, ...sorted.map((name) => `  ${name},`), `} from "${from}";`];
}
