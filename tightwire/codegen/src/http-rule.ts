import type { DescMethod, FileRegistry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { readOption } from "./extension.js";

/** One binding of `google.api.http` as the generated file writes it; the same fields as `HttpRule` of `@tightwire/core`. */
export interface HttpBinding {
  readonly verb: string;
  readonly path: string;
  readonly body?: string;
  readonly responseBody?: string;
}

/** The bindings of a method's `google.api.http`: the rule itself, then its `additional_bindings`. Empty when it has none. */
export function readHttpRules(registry: FileRegistry, method: DescMethod): HttpBinding[] {
  const option = readOption(registry, method, "google.api.http");
  if (option === undefined) return [];
  return [option.message, ...readMessages(option.message, "additional_bindings")].flatMap((rule) => readBinding(rule) ?? []);
}

function readBinding(rule: ReflectMessage): HttpBinding | undefined {
  const pattern = readPattern(rule);
  if (pattern === undefined) return undefined;
  const body = readText(rule, "body");
  const responseBody = readText(rule, "response_body");
  return { ...pattern, ...(body === "" ? {} : { body }), ...(responseBody === "" ? {} : { responseBody }) };
}

function readPattern(rule: ReflectMessage): { verb: string; path: string } | undefined {
  const oneof = rule.oneofs.find((candidate) => candidate.name === "pattern");
  const field = oneof === undefined ? undefined : rule.oneofCase(oneof);
  if (field === undefined) return undefined;
  if (field.fieldKind !== "message") return { verb: field.name.toUpperCase(), path: readText(rule, field.name) };
  const custom = rule.get(field);
  return { verb: readText(custom, "kind"), path: readText(custom, "path") };
}

function readText(message: ReflectMessage, name: string): string {
  const field = message.fields.find((candidate) => candidate.name === name);
  return field?.fieldKind === "scalar" ? String(message.get(field)) : "";
}

function readMessages(message: ReflectMessage, name: string): ReflectMessage[] {
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field?.fieldKind !== "list" || field.listKind !== "message") return [];
  return [...message.get(field)] as ReflectMessage[];
}
