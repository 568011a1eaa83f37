import type { DescMessage, DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { commentOf, firstSentence } from "../comments.js";
import type { DeclaredError } from "../errors/declared-error.js";
import { type MethodErrors, readErrors } from "../errors/read-errors.js";
import { readIdempotency } from "../idempotency/idempotency.js";
import { readPolicies } from "../policy/read-policies.js";
import { readRoutes } from "../routes/read-routes.js";
import type { Route } from "../routes/route.js";
import { printMessage } from "./message-section.js";
import { describePolicy } from "./policy-lines.js";
import { cell, table } from "./table.js";

const KINDS = {
  unary: "unary",
  server_streaming: "a stream of responses",
  client_streaming: "a stream of requests",
  bidi_streaming: "streams both ways",
};
const LEVELS = {
  unknown: "may not be repeated",
  no_side_effects: "no side effects",
  idempotent: "idempotent",
};

/**
 * Writes the reference of a service as Markdown: its methods with kinds, routes, policy, errors and
 * access, and the messages with their rules. What is wrong with its options is left out; lint tells
 * it.
 */
export function servicePage(registry: FileRegistry, service: DescService): string {
  const { routes } = readRoutes(registry, [service]);
  const { policies } = readPolicies(registry, service);
  const { errors } = readErrors(registry, service);
  const routesOf = (method: DescMethod): readonly Route[] =>
    routes.filter((route) => route.method === method);
  const lines = [
    "<!-- Written by tightwire-contract. DO NOT EDIT. -->",
    "",
    `# ${service.typeName}`,
    "",
    ...paragraph(commentOf(service)),
    ...table(
      ["method", "kind", "repeating", "route", "what it does"],
      service.methods.map((method) => [
        `[${method.name}](#${method.name.toLowerCase()})`,
        KINDS[method.methodKind],
        LEVELS[readIdempotency(method)],
        routesOf(method).map(formatRoute).join("<br>"),
        cell(firstSentence(commentOf(method))),
      ]),
    ),
    ...service.methods.flatMap((method) => [
      "",
      `## ${method.name}`,
      "",
      ...paragraph(commentOf(method)),
      `Takes ${linkTo(method.input)}, returns ${linkTo(method.output)}.`,
      ...list(describePolicy(policies.get(method.name) ?? {})),
      ...printErrors(errors.get(method.name) ?? []),
    ]),
    "",
    "# Messages",
    ...messagesOf(service, errors).flatMap((message) => ["", ...printMessage(registry, message)]),
  ];
  return `${lines.join("\n")}\n`;
}

function paragraph(text: string): string[] {
  return text === "" ? [] : [text, ""];
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", ...items.map((item) => `- ${item}`)];
}

function formatRoute({ verb, template }: Route): string {
  return cell(`\`${verb} ${template.text}\``);
}

function linkTo({ name }: DescMessage): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function printErrors(errors: readonly DeclaredError[]): string[] {
  if (errors.length === 0) return [];
  return [
    "",
    ...table(
      ["error", "code", "detail", "when"],
      errors.map(({ reason, code, detail, value }) => [
        `\`${reason}\``,
        code.toUpperCase(),
        detail === undefined ? "" : linkTo(detail),
        cell(commentOf(value)),
      ]),
    ),
  ];
}

/** The messages that a service's methods and errors use, of its own package, each once. */
function messagesOf(service: DescService, errors: MethodErrors["errors"]): DescMessage[] {
  const { package: own } = service.file.proto;
  const details = [...errors.values()].flat().flatMap(({ detail }) => detail ?? []);
  const found = new Set([
    ...service.methods.flatMap(({ input, output }) => [input, output]),
    ...details,
  ]);
  for (const message of found) // grows while it is walked
    for (const { message: inner } of message.fields) if (inner !== undefined) found.add(inner);
  return [...found].filter(({ file }) => file.proto.package === own);
}
