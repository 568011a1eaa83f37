import type { DescMethod, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { readOption } from "../option.js";

/**
 * One binding of `google.api.http`, as the contract declares it; the same fields as `HttpRule` of
 * `@tightwire/core`.
 */
export interface HttpBinding {
  /**
   * The HTTP method in upper case: GET, PUT, POST, DELETE, PATCH; or the `kind` of a custom pattern
   * unchanged, `*` for any.
   */
  readonly verb: string;
  /** The path template, for example `/v1/products/{id}`. */
  readonly path: string;
  /** The request field that the body holds, or `*`; absent when the request has no body. */
  readonly body?: string;
  /** The response field that the body holds; absent for the whole message. */
  readonly responseBody?: string;
}

/** A binding and its place in the source. */
export interface PlacedBinding {
  /** Undefined when the rule has no verb and path. */
  readonly binding: HttpBinding | undefined;
  /** Whether it has `additional_bindings` itself, which only the method's first rule may have. */
  readonly nested: boolean;
  /** From the method to the rule, as `SourceCodeInfo.Location.path` counts. */
  readonly within: readonly number[];
}

/** Field number of HttpRule.additional_bindings. */
const ADDITIONAL_BINDINGS = 11;

/**
 * Reads the bindings of a method's `google.api.http`: the rule itself, then its
 * `additional_bindings`. Empty when there are none, or when no file of the registry defines the
 * option.
 */
export function readHttpRules(registry: Registry, method: DescMethod): HttpBinding[] {
  return placeHttpRules(registry, method).flatMap(({ binding }) => binding ?? []);
}

/** Like {@link readHttpRules}, with the places of the rules. */
export function placeHttpRules(registry: Registry, method: DescMethod): PlacedBinding[] {
  const option = readOption(registry, method, "google.api.http");
  if (option === undefined) return [];
  const { message: rule, path: within } = option;
  const additional = readMessages(rule, "additional_bindings");
  return [
    { binding: readBinding(rule), nested: false, within },
    ...additional.map((one, index) => ({
      binding: readBinding(one),
      nested: readMessages(one, "additional_bindings").length > 0,
      within: [...within, ADDITIONAL_BINDINGS, index],
    })),
  ];
}

function readBinding(rule: ReflectMessage): HttpBinding | undefined {
  const pattern = readPattern(rule);
  if (pattern === undefined) return undefined;
  const body = readText(rule, "body");
  const responseBody = readText(rule, "response_body");
  return {
    ...pattern,
    ...(body === "" ? {} : { body }),
    ...(responseBody === "" ? {} : { responseBody }),
  };
}

function readPattern(rule: ReflectMessage): { verb: string; path: string } | undefined {
  const oneof = rule.oneofs.find((candidate) => candidate.name === "pattern");
  const field = oneof === undefined ? undefined : rule.oneofCase(oneof);
  if (field === undefined) return undefined;
  if (field.fieldKind !== "message")
    return { verb: field.name.toUpperCase(), path: readText(rule, field.name) };
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
