import type { DescMessage, DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import {
  createFault,
  type DeclaredError,
  type Fault,
  type MethodErrors,
  pathOfMethod,
  type ResolvedPolicy,
  readHttpRules,
  readIdempotency,
  readPolicies,
} from "@tightwire/contract";
import { formatDocComment } from "./doc-comment.js";
import { errorName } from "./error-name.js";
import type { ImportList } from "./import-list.js";
import { formatListField, formatLiteral } from "./literal.js";
import { methodName } from "./method-name.js";
import { findRedactedPaths } from "./redaction.js";
import type { CheckedMessages } from "./rules/checked-messages.js";
import { nameService } from "./service-interfaces.js";
import { noteUnenforced } from "./unenforced.js";

/** What printing a definition needs. */
export interface DefinitionContext {
  readonly registry: FileRegistry;
  readonly messages: CheckedMessages;
  readonly imports: ImportList;
  /** Collects the faults of the contract. */
  readonly faults: Fault[];
  /** Collects what is worth knowing and no fault, a line each. */
  readonly notes: string[];
  /** The path of the image from the generated file; absent when there is none. */
  readonly image?: string;
}

/** Prints the definition of a service as static data, one line per element. */
export function printDefinition(
  service: DescService,
  errors: MethodErrors["errors"],
  context: DefinitionContext,
): string[] {
  const names = nameService(service);
  const type = context.imports.type("ServiceDefinition", "@tightwire/core");
  const { policies, faults } = readPolicies(context.registry, service);
  context.faults.push(...faults);
  reportSameNames(service, context.faults);
  return [
    ...formatDocComment(`The definition of \`${service.typeName}\`, for servers and clients.`),
    `export const ${names.definition}: ${type}<${names.handlers}, ${names.client}> = {`,
    `  name: ${formatLiteral(service.typeName)},`,
    "  methods: {",
    ...service.methods.flatMap((method) =>
      printMethod(method, policies.get(method.name) ?? {}, errors.get(method.name) ?? [], context),
    ),
    "  },",
    ...(context.image === undefined
      ? []
      : [`  image: new URL(${formatLiteral(context.image)}, import.meta.url),`]),
    "};",
  ];
}

function printMethod(
  method: DescMethod,
  policy: ResolvedPolicy,
  errors: readonly DeclaredError[],
  context: DefinitionContext,
): string[] {
  const { imports, registry, notes } = context;
  const note = noteUnenforced(method, policy);
  if (note !== undefined) notes.push(note);
  const codec = imports.value("messageCodec", "@tightwire/codec");
  return [
    `    ${methodName(method)}: {`,
    `      name: ${formatLiteral(method.name)},`,
    `      path: ${formatLiteral(pathOfMethod(method))},`,
    `      kind: ${formatLiteral(method.methodKind)},`,
    `      idempotency: ${formatLiteral(readIdempotency(method))},`,
    `      policy: ${formatLiteral(policy)},`,
    ...formatListField("http", readHttpRules(registry, method), "      "),
    "      redacted: {",
    ...formatListField("request", findRedactedPaths(method.input), "        "),
    ...formatListField("response", findRedactedPaths(method.output), "        "),
    "      },",
    `      request: ${codec}(${imports.message(method.input)}),`,
    `      response: ${codec}(${imports.message(method.output)}),`,
    ...printCheck("checkRequest", method.input, context),
    ...printCheck("checkResponse", method.output, context),
    ...printErrors(errors, imports),
    "    },",
  ];
}

function printCheck(
  property: string,
  message: DescMessage,
  { imports, messages }: DefinitionContext,
): string[] {
  return messages.isChecked(message) ? [`      ${property}: ${imports.check(message)},`] : [];
}

function printErrors(errors: readonly DeclaredError[], imports: ImportList): string[] {
  if (errors.length === 0) return [];
  return [
    "      errors: {",
    ...errors.map(({ value }) => {
      const list = imports.errors(value.parent);
      return `        ${errorName(value)}: ${list}.${errorName(value)},`;
    }),
    "      },",
  ];
}

function reportSameNames(service: DescService, faults: Fault[]): void {
  const first = new Map<string, DescMethod>();
  for (const method of service.methods) {
    const name = methodName(method);
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, method);
    else
      faults.push(
        createFault(method, [], `has the same name in TypeScript as ${earlier.name}: \`${name}\``),
      );
  }
}
