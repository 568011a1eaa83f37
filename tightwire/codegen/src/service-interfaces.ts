import type { DescMethod, DescService } from "@bufbuild/protobuf";
import type { DeclaredError, MethodErrors } from "@tightwire/contract";
import { formatDocComment, readComment } from "./doc-comment.js";
import { errorName } from "./error-name.js";
import type { ImportList } from "./import-list.js";
import { methodName } from "./method-name.js";

const CORE = "@tightwire/core";

/**
 * The name of the type parameter for a caller's streamed messages. No import of a generated file
 * may have this name.
 */
export const GIVEN = "Given";

/** The names that the generated code of a service exports. */
export interface ServiceNames {
  /** The definition, named like the service in the contract: `CatalogService`. */
  readonly definition: string;
  /** `CatalogHandlers` */
  readonly handlers: string;
  /** `CatalogClient` */
  readonly client: string;
}

/** Makes the names for a service's code. The interfaces omit "Service" at the end of its name. */
export function nameService(service: DescService): ServiceNames {
  const base = service.name.replace(/(?<=.)Service$/, "");
  return { definition: service.name, handlers: `${base}Handlers`, client: `${base}Client` };
}

/** Prints the interface that a server implements, one line per element. */
export function printHandlers(
  service: DescService,
  errors: MethodErrors["errors"],
  imports: ImportList,
): string[] {
  return printInterface(
    service,
    nameService(service).handlers,
    "what a server implements",
    (method) => signHandler(method, errors.get(method.name) ?? [], imports),
  );
}

/** Prints the interface that a caller uses, one line per element. */
export function printClient(service: DescService, imports: ImportList): string[] {
  return printInterface(service, nameService(service).client, "what a caller uses", (method) =>
    signClient(method, imports),
  );
}

function printInterface(
  service: DescService,
  name: string,
  role: string,
  sign: (method: DescMethod) => Signature,
): string[] {
  const comment = [`\`${service.typeName}\`: ${role}.`, readComment(service)]
    .filter((text) => text !== "")
    .join("\n\n");
  const members = service.methods.map((method) => [
    ...formatDocComment(readComment(method), "  "),
    ...formatSignature(methodName(method), sign(method)),
  ]);
  return [
    ...formatDocComment(comment),
    `export interface ${name} {`,
    ...members.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines])),
    "}",
  ];
}

interface Signature {
  /** What follows the name, before the parameters. Empty for a method that is not generic. */
  readonly generics?: string;
  readonly parameters: readonly string[];
  readonly result: string;
}

function formatSignature(name: string, { generics = "", parameters, result }: Signature): string[] {
  const line = `  ${name}${generics}(${parameters.join(", ")}): ${result};`;
  if (line.length <= 120) return [line];
  return [
    `  ${name}${generics}(`,
    ...parameters.map((parameter) => `    ${parameter},`),
    `  ): ${result};`,
  ];
}

function signHandler(
  method: DescMethod,
  errors: readonly DeclaredError[],
  imports: ImportList,
): Signature {
  const input = imports.message(method.input);
  const request = takesStream(method) ? `requests: AsyncIterable<${input}>` : `request: ${input}`;
  return {
    parameters: [
      request,
      `call: ${imports.type("ServerCall", CORE)}${errorsType(errors, imports)}`,
    ],
    result: resultType(method, imports),
  };
}

/** The declared errors of a method as the type argument of its call; nothing when it has none. */
function errorsType(errors: readonly DeclaredError[], imports: ImportList): string {
  if (errors.length === 0) return "";
  const enums = new Set(errors.map(({ value }) => value.parent));
  const picked = [...enums].map((one) => {
    const list = imports.errors(one);
    const names = errors
      .filter(({ value }) => value.parent === one)
      .map(({ value }) => JSON.stringify(errorName(value)));
    return `Pick<typeof ${list}, ${names.join(" | ")}>`;
  });
  return `<${picked.join(" & ")}>`;
}

function signClient(method: DescMethod, imports: ImportList): Signature {
  const input = imports.message(method.input);
  const partial = `${imports.type("PartialMessage", CORE)}<${input}>`;
  const options = `options?: ${imports.type("CallOptions", CORE)}`;
  const result = resultType(method, imports);
  if (!takesStream(method)) return { parameters: [`request: ${partial}`, options], result };
  const requests = `requests: ${imports.type("RequestStream", CORE)}<${input}, ${GIVEN}>`;
  return { generics: `<${GIVEN} extends ${partial}>`, parameters: [requests, options], result };
}

function takesStream(method: DescMethod): boolean {
  return method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
}

function resultType(method: DescMethod, imports: ImportList): string {
  const streams =
    method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";
  return `${streams ? "AsyncIterable" : "Promise"}<${imports.message(method.output)}>`;
}
