import {
  type DescField,
  type JsonObject,
  type Registry,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Route, RouteVariable } from "@tightwire/contract";
import fc from "fast-check";
import { randomMessage, setRandom } from "../json/random-message.test-support.js";
import type { Draw } from "../json/random-scalar.test-support.js";
import { exampleQuery, randomValue, textOf } from "./example-query.test-support.js";

/** A request of a route, and the message that it means. */
export interface ExampleRequest {
  readonly verb: string;
  /** With the query. */
  readonly path: string;
  readonly body: string | Uint8Array | undefined;
  readonly contentType: string;
  readonly meant: ReflectMessage;
}

/** Makes a request of a route, with values in path, query and body. */
export function exampleRequest(route: Route, registry: Registry, draw: Draw): ExampleRequest {
  const { method, body, variables } = route;
  const parts = { draw, registry, depth: 2 };
  const meant = body === "all" ? randomMessage(method.input, parts) : reflect(method.input);
  if (typeof body === "object") setRandom(meant, body, parts);
  const sent = sentBody(route, meant, registry);
  const values = variables.map((variable) => ({ variable, ...pathValue(route, variable, draw) }));
  for (const { variable, value } of values) setAt(meant, variable.path, value);
  const query = body === "all" ? [] : exampleQuery(route, meant, draw);
  const path = pathOf(route, values, draw);
  const verb = route.verb === "*" ? "POST" : route.verb;
  return { verb, path: query.length === 0 ? path : `${path}?${query.join("&")}`, ...sent, meant };
}

function sentBody(
  { body }: Route,
  meant: ReflectMessage,
  registry: Registry,
): Pick<ExampleRequest, "body" | "contentType"> {
  const contentType = "application/json";
  if (body === "none" || (body !== "all" && !meant.isSet(body)))
    return { body: undefined, contentType };
  const held = body === "all" ? meant : meant.get(body);
  if (isMessage(held) && held.desc.typeName === "google.api.HttpBody") return rawBody(held);
  const json = toJson(meant.desc, meant.message, {
    registry,
    alwaysEmitImplicit: true,
  }) as JsonObject;
  return { body: JSON.stringify(body === "all" ? json : json[body.jsonName]), contentType };
}

function rawBody(held: ReflectMessage): Pick<ExampleRequest, "body" | "contentType"> {
  const [contentType, data, extensions] = held.desc.fields as [DescField, DescField, DescField];
  held.clear(extensions);
  held.set(contentType, "text/plain");
  return { body: held.get(data) as Uint8Array, contentType: "text/plain" };
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value;
}

function setAt(message: ReflectMessage, path: readonly DescField[], value: unknown): void {
  const [field, ...rest] = path as [DescField, ...DescField[]];
  if (rest.length === 0) return message.set(field, value);
  const child = message.isSet(field)
    ? (message.get(field) as ReflectMessage)
    : reflect(field.message as NonNullable<DescField["message"]>);
  setAt(child, rest, value);
  message.set(field, child);
}

interface PathValue {
  readonly value: unknown;
  /** The segments, encoded. */
  readonly segments: readonly string[];
}

const word = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/),
    fc.constantFrom("a b", "a:b", "é", "100%", "x+y", "?", "-"),
  );

/** A value that matches the pattern of a variable. */
function pathValue(
  { template }: Route,
  { start, end, multiple, path }: RouteVariable,
  draw: Draw,
): PathValue {
  const leaf = path.at(-1) as DescField;
  const [only] = template.segments.slice(start, end);
  if (!multiple && only?.kind !== "literal") {
    const value =
      leaf.scalar === ScalarType.STRING
        ? draw(() => fc.oneof(word(), fc.constant("a/b")))
        : randomValue(leaf, draw);
    return { value, segments: [encodeURIComponent(textOf(leaf, value))] };
  }
  const texts = template.segments.slice(start, end).flatMap((segment) => {
    if (segment.kind === "literal") return [segment.text];
    return Array.from(
      { length: segment.kind === "one" ? 1 : draw(() => fc.integer({ min: 0, max: 3 })) },
      () => draw(word),
    );
  });
  return { value: texts.join("/"), segments: texts.map((text) => encodeURIComponent(text)) };
}

function pathOf(
  { template }: Route,
  values: readonly (PathValue & { variable: RouteVariable })[],
  draw: Draw,
): string {
  const segments = template.segments.flatMap((segment, index) => {
    const held = values.find(({ variable }) => variable.start <= index && index < variable.end);
    if (held !== undefined) return held.variable.start === index ? held.segments : [];
    return [
      segment.kind === "literal"
        ? encodeURIComponent(segment.text)
        : encodeURIComponent(draw(word)),
    ];
  });
  return `/${segments.join("/")}${template.verb === "" ? "" : `:${encodeURIComponent(template.verb)}`}`;
}
