import {
  createRegistry,
  type DescField,
  type Registry,
  type ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { Route } from "@tightwire/contract";
import fc from "fast-check";
import { randomMessage } from "../json/random-message.test-support.js";
import { type Draw, randomEnum, randomScalar } from "../json/random-scalar.test-support.js";

const NONE: Registry = createRegistry();
const TEXTS: readonly string[] = ["Timestamp", "Duration", "FieldMask"].map(
  (name) => `google.protobuf.${name}`,
);
const WRAPPER = /^google\.protobuf\.(Double|Float|U?Int(32|64)|Bool|String|Bytes)Value$/;

/** A value of a scalar or an enum. */
export function randomValue(field: DescField, draw: Draw): unknown {
  return field.enum === undefined
    ? randomScalar(field.scalar as ScalarType, draw)
    : randomEnum(field.enum, draw);
}

/** A value as text for a URL, before it is encoded. */
export function textOf(field: DescField, value: unknown): string {
  if (field.message !== undefined)
    return String(toJson(field.message, (value as ReflectMessage).message));
  if (value instanceof Uint8Array)
    return Buffer.from(value).toString(value.length % 2 === 0 ? "base64" : "base64url");
  return field.enum?.values.find(({ number }) => number === value)?.name ?? String(value);
}

/**
 * Makes parameters for some of the fields that are in neither path nor body, and sets these fields
 * in the message.
 */
export function exampleQuery(
  { body, variables }: Route,
  meant: ReflectMessage,
  draw: Draw,
): string[] {
  const bound = new Set(variables.map(({ path }) => path.map(({ name }) => name).join(".")));
  if (typeof body === "object") bound.add(body.name);
  return addTo(meant, []);

  function addTo(message: ReflectMessage, before: readonly DescField[]): string[] {
    const share = Math.min(50, 600 / message.desc.fields.length);
    return message.desc.fields.flatMap((field) => {
      const path = [...before, field];
      if (bound.has(path.map(({ name }) => name).join("."))) return [];
      if (
        field.oneof !== undefined &&
        message.oneofCase(field.oneof) !== undefined &&
        message.oneofCase(field.oneof) !== field
      )
        return [];
      return draw(() => fc.integer({ min: 0, max: 99 })) < share ? addField(message, path) : [];
    });
  }

  function addField(message: ReflectMessage, path: readonly DescField[]): string[] {
    const field = path.at(-1) as DescField;
    const name = path.map((one) => (draw(fc.boolean) ? one.name : one.jsonName)).join(".");
    if (field.fieldKind === "map") return [];
    if (field.fieldKind === "list") {
      if (field.listKind === "message") return [];
      const items = Array.from({ length: draw(() => fc.integer({ min: 1, max: 3 })) }, () =>
        randomValue(field, draw),
      );
      for (const item of items) message.get(field).add(item as string);
      return items.map(
        (item) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(field, item))}`,
      );
    }
    if (
      field.message === undefined ||
      TEXTS.includes(field.message.typeName) ||
      WRAPPER.test(field.message.typeName)
    ) {
      const value =
        field.message === undefined
          ? randomValue(field, draw)
          : randomMessage(field.message, { draw, registry: NONE, depth: 0 });
      message.set(field, value);
      return [`${encodeURIComponent(name)}=${encodeURIComponent(textOf(field, value))}`];
    }
    if (field.message.typeName.startsWith("google.protobuf.") || path.length > 3) return [];
    const child = message.isSet(field)
      ? (message.get(field) as ReflectMessage)
      : reflect(field.message);
    const added = addTo(child, path);
    if (added.length > 0) message.set(field, child);
    return added;
  }
}
