import type { DescFile, DescMessage } from "@bufbuild/protobuf";
import { createFault, type Fault, fieldName, withNested } from "@tightwire/contract";
import { formatDocComment } from "../doc-comment.js";
import { type GeneratedFile, generatedFile } from "../generated-file.js";
import { createImportList } from "../import-list.js";
import type { PluginOptions } from "../plugin-options.js";
import { typeName } from "../type-name.js";
import { RUNTIME } from "./check-context.js";
import { type FunctionContext, isFieldChecked, printChecks } from "./check-function.js";
import type { CheckedMessages } from "./checked-messages.js";
import { createConstantList } from "./constant-list.js";
import { accessField } from "./field-access.js";
import { checkName, rulesModule, schemaName } from "./rules-name.js";

/**
 * Generates the checks of a `.proto` file's messages, and the schemas of those that are requests;
 * undefined when it has neither. Adds the faults of the rules to `faults`.
 */
export function generateRulesFile(
  file: DescFile,
  messages: CheckedMessages,
  requests: ReadonlySet<DescMessage>,
  options: PluginOptions,
  faults: Fault[],
): GeneratedFile | undefined {
  const all = file.messages.flatMap(withNested);
  for (const message of all) faults.push(...messages.faultsOf(message));
  const checked = all.filter((message) => messages.isChecked(message));
  const schemas = all.filter((message) => requests.has(message));
  if (checked.length + schemas.length === 0) return undefined;
  reportTakenNames(file, checked, schemas, faults);
  const path = `${rulesModule(file)}.ts`;
  const imports = createImportList(
    path,
    options.imports,
    new Set([...GLOBALS, ...checked.map(checkName), ...schemas.map(schemaName)]),
  );
  const context = { imports, constants: createConstantList(), messages };
  const functions = checked.flatMap((message) => ["", ...printFunction(message, context)]);
  const printed = schemas.flatMap((message) => ["", ...printSchema(message, context)]);
  const constants = context.constants.lines();
  return generatedFile(path, `source: ${file.name}.proto`, [
    ...imports.lines(),
    ...(constants.length === 0 ? [] : ["", ...constants]),
    ...functions,
    ...printed,
  ]);
}

/** What a generated file uses of the language. A message of such a name is imported by another. */
const GLOBALS: readonly string[] = ["Map", "Math", "Number", "Object", "Set", "Uint8Array"];

function reportTakenNames(
  file: DescFile,
  checked: readonly DescMessage[],
  schemas: readonly DescMessage[],
  faults: Fault[],
): void {
  const types = new Set([...file.messages.flatMap(withNested), ...file.enums].map(typeName));
  const names = [
    ...checked.map((message) => ({ message, name: checkName(message) })),
    ...schemas.map((message) => ({ message, name: schemaName(message) })),
  ];
  for (const { message, name } of names)
    if (types.has(name))
      faults.push(
        createFault(
          message,
          [],
          `gets \`${name}\` in TypeScript, which is the name of another type of this file; rename one of them`,
        ),
      );
}

function printFunction(message: DescMessage, context: FunctionContext): string[] {
  const { imports, messages } = context;
  const fields = `$${typeName(message)}`;
  const body = printChecks(message, fields, context);
  const type = imports.messageType(message);
  const violations = imports.type("Violations", RUNTIME);
  return [
    ...printFields(message, fields, messages, imports.value("field", RUNTIME)),
    ...formatDocComment(`Checks the rules of \`${message.typeName}\`.`),
    `export function ${checkName(message)}(message: ${type}, found: ${violations}): void {`,
    ...body.map((line) => `  ${line}`),
    "}",
  ];
}

function printFields(
  message: DescMessage,
  name: string,
  messages: CheckedMessages,
  make: string,
): string[] {
  const fields = message.fields
    .filter((field) => isFieldChecked(message, field, messages))
    .map((field) => printPlace(field.name, accessField(field).local, make));
  const oneofs = messages
    .rulesOf(message)
    .requiredOneofs.map((oneof) => printPlace(oneof.name, [fieldName(oneof.name)], make));
  const all = [...fields, ...oneofs];
  return all.length === 0 ? [] : [`const ${name} = {`, ...all, "};", ""];
}

function printPlace(name: string, local: readonly string[], make: string): string {
  const rest = local.length === 1 && local[0] === name ? [] : local;
  return `  ${name}: ${make}(${[name, ...rest].map((text) => JSON.stringify(text)).join(", ")}),`;
}

function printSchema(message: DescMessage, { imports, messages }: FunctionContext): string[] {
  const local = imports.message(message);
  const type = imports.type("MessageSchema", RUNTIME);
  const make = imports.value("messageSchema", RUNTIME);
  const codec = imports.value("messageCodec", "@tightwire/codec");
  const check = messages.isChecked(message) ? checkName(message) : "undefined";
  return [
    ...formatDocComment(`The rules of \`${message.typeName}\` as a Standard Schema.`),
    `export const ${schemaName(message)}: ${type}<${local}> =`,
    `  ${make}(${codec}(${local}), ${check});`,
  ];
}
