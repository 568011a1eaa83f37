import type { DescEnum, DescFile, FileRegistry } from "@bufbuild/protobuf";
import { type DeclaredError, readErrorEnum } from "@tightwire/contract";
import { formatDocComment, readComment } from "./doc-comment.js";
import { errorListName, errorModule, errorName } from "./error-name.js";
import { type GeneratedFile, generatedFile } from "./generated-file.js";
import { createImportList, type ImportList } from "./import-list.js";
import { formatLiteral } from "./literal.js";
import type { PluginOptions } from "./plugin-options.js";

/** An enum that declares errors. */
interface ErrorList {
  readonly desc: DescEnum;
  readonly errors: readonly DeclaredError[];
}

/** The enums of a file that declare errors. Their faults are told elsewhere, once. */
export function errorLists(file: DescFile, registry: FileRegistry): ErrorList[] {
  return file.enums.flatMap((desc) => {
    const errors = readErrorEnum(registry, desc, []);
    return errors === undefined ? [] : { desc, errors };
  });
}

/** Generates the code of a `.proto` file's error enums; undefined when it has none. */
export function generateErrorFile(
  file: DescFile,
  registry: FileRegistry,
  options: PluginOptions,
): GeneratedFile | undefined {
  const lists = errorLists(file, registry);
  if (lists.length === 0) return undefined;
  const path = `${errorModule(file)}.ts`;
  const names = new Set(lists.map(({ desc }) => errorListName(desc)));
  const imports = createImportList(path, options.imports, names);
  const body = lists.flatMap((list) => ["", ...printErrors(list, imports)]);
  return generatedFile(path, `source: ${file.name}.proto`, [...imports.lines(), ...body]);
}

function printErrors({ desc, errors }: ErrorList, imports: ImportList): string[] {
  const comment = [`The errors of \`${desc.typeName}\`.`, readComment(desc)]
    .filter((text) => text !== "")
    .join("\n\n");
  return [
    ...formatDocComment(comment),
    `export const ${errorListName(desc)}: {`,
    ...errors.flatMap((error) => [
      ...formatDocComment(readComment(error.value), "  "),
      `  readonly ${errorName(error.value)}: ${definitionType(error, imports)};`,
    ]),
    "} = {",
    ...errors.flatMap((error) => printDefinition(error, imports)),
    "};",
  ];
}

function definitionType({ detail }: DeclaredError, imports: ImportList): string {
  const type = imports.type("ErrorDefinition", "@tightwire/core");
  return `${type}<${detail === undefined ? "undefined" : imports.message(detail)}>`;
}

function printDefinition(error: DeclaredError, imports: ImportList): string[] {
  const { reason, domain, code, detail, value } = error;
  return [
    `  ${errorName(value)}: {`,
    `    reason: ${formatLiteral(reason)},`,
    `    domain: ${formatLiteral(domain)},`,
    `    code: ${formatLiteral(code)},`,
    ...(detail === undefined ? [] : [printDetail(detail, imports)]),
    "  },",
  ];
}

function printDetail(detail: NonNullable<DeclaredError["detail"]>, imports: ImportList): string {
  const codec = `${imports.value("messageCodec", "@tightwire/codec")}(${imports.message(detail)})`;
  return `    detail: { type: ${formatLiteral(detail.typeName)}, codec: ${codec} },`;
}
