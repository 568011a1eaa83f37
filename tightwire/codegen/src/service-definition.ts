import type { DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { readHttpRules } from "@tightwire/routes";
import { formatDocComment } from "./doc-comment.js";
import { createFault, type Fault } from "./fault.js";
import type { ImportList } from "./import-list.js";
import { formatListField, formatLiteral } from "./literal.js";
import { type ResolvedPolicy, readServicePolicy, resolvePolicy } from "./policy.js";
import { findRedactedPaths } from "./redaction.js";
import { nameService } from "./service-interfaces.js";

/** What a definition is printed with. */
export interface DefinitionContext {
  readonly registry: FileRegistry;
  readonly imports: ImportList;
  /** Where what is wrong with the contract is put. */
  readonly faults: Fault[];
  /** The image as the generated file imports it; absent when there is none. */
  readonly image?: string;
}

/** The definition of a service as static data, a line an element. */
export function printDefinition(service: DescService, context: DefinitionContext): string[] {
  const names = nameService(service);
  const type = context.imports.type("ServiceDefinition", "@tightwire/core");
  const policy = readServicePolicy(context.registry, service, context.faults);
  reportSameNames(service, context.faults);
  return [
    ...formatDocComment(`\`${service.typeName}\`, as a server and a client need it.`),
    `export const ${names.definition}: ${type}<${names.handlers}, ${names.client}> = {`,
    `  name: ${formatLiteral(service.typeName)},`,
    "  methods: {",
    ...service.methods.flatMap((method) => printMethod(method, policy, context)),
    "  },",
    ...(context.image === undefined
      ? []
      : [`  image: new URL(${formatLiteral(context.image)}, import.meta.url),`]),
    "};",
  ];
}

function printMethod(
  method: DescMethod,
  service: ResolvedPolicy,
  context: DefinitionContext,
): string[] {
  const { imports, registry, faults } = context;
  const codec = imports.value("messageCodec", "@tightwire/codec");
  return [
    `    ${method.localName}: {`,
    `      name: ${formatLiteral(method.name)},`,
    `      path: ${formatLiteral(`/${method.parent.typeName}/${method.name}`)},`,
    `      kind: ${formatLiteral(method.methodKind)},`,
    `      idempotency: ${formatLiteral(readIdempotency(method))},`,
    `      policy: ${formatLiteral(resolvePolicy(registry, method, service, faults))},`,
    ...formatListField("http", readHttpRules(registry, method), "      "),
    "      redacted: {",
    ...formatListField("request", findRedactedPaths(method.input), "        "),
    ...formatListField("response", findRedactedPaths(method.output), "        "),
    "      },",
    `      request: ${codec}(${imports.message(method.input)}),`,
    `      response: ${codec}(${imports.message(method.output)}),`,
    "    },",
  ];
}

function readIdempotency(method: DescMethod): string {
  switch (method.idempotency) {
    case Level.NO_SIDE_EFFECTS:
      return "no_side_effects";
    case Level.IDEMPOTENT:
      return "idempotent";
    case Level.IDEMPOTENCY_UNKNOWN:
      return "unknown";
  }
}

function reportSameNames(service: DescService, faults: Fault[]): void {
  const first = new Map<string, DescMethod>();
  for (const method of service.methods) {
    const earlier = first.get(method.localName);
    if (earlier === undefined) first.set(method.localName, method);
    else
      faults.push(
        createFault(
          method,
          [],
          `has the same name in TypeScript as ${earlier.name}: \`${method.localName}\``,
        ),
      );
  }
}
