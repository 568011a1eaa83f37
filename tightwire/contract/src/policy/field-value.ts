import type { DescField } from "@bufbuild/protobuf";
import type { ReflectList, ReflectMessage } from "@bufbuild/protobuf/reflect";
import { readDuration } from "./duration.js";
import type { PlainShape } from "./policy-shape.js";

/** A value of a policy; or what is wrong with it, which continues a sentence. */
export type FieldValue = { readonly value: unknown } | { readonly fault: string };

/** Reads a field of a plain kind: durations in milliseconds, codes in lower case. */
export function readFieldValue(
  message: ReflectMessage,
  field: DescField,
  kind: PlainShape,
): FieldValue {
  switch (kind) {
    case "duration":
      return durationOf(message, field);
    case "int":
      return numberOf(message, field);
    case "codes":
      return codesOf(message, field);
    case "strings":
      return stringsOf(message, field);
    case "string":
      return plainOf(message, field, "string");
    case "bool":
      return plainOf(message, field, "boolean");
  }
}

function plainOf(
  message: ReflectMessage,
  field: DescField,
  type: "string" | "boolean",
): FieldValue {
  const value: unknown = message.get(field);
  return typeof value === type ? { value } : { fault: `must be a ${type}` };
}

function durationOf(message: ReflectMessage, field: DescField): FieldValue {
  if (field.fieldKind !== "message" || field.message.typeName !== "google.protobuf.Duration")
    return { fault: "must be a google.protobuf.Duration" };
  const read = readDuration(message.get(field));
  return typeof read === "string" ? { fault: read } : { value: read };
}

function numberOf(message: ReflectMessage, field: DescField): FieldValue {
  const value: unknown = message.get(field);
  if (typeof value !== "number" && typeof value !== "bigint") return { fault: "must be a number" };
  if (value < 0) return { fault: `must not be negative (is ${value})` };
  if (value > Number.MAX_SAFE_INTEGER) return { fault: `is too large (${value})` };
  return { value: Number(value) };
}

function codesOf(message: ReflectMessage, field: DescField): FieldValue {
  if (field.fieldKind !== "list" || field.listKind !== "enum")
    return { fault: "must be a list of codes" };
  const names = [...(message.get(field) as ReflectList)].map(
    (number) => field.enum.values.find((one) => one.number === number)?.name ?? String(number),
  );
  const twice = repeatedOf(names);
  return twice === undefined
    ? { value: names.map((name) => name.toLowerCase()) }
    : { fault: `has ${twice} twice` };
}

function stringsOf(message: ReflectMessage, field: DescField): FieldValue {
  if (field.fieldKind !== "list" || field.listKind !== "scalar")
    return { fault: "must be a list of strings" };
  const texts = [...(message.get(field) as ReflectList)].map(String);
  if (texts.includes("")) return { fault: "has an empty string" };
  const twice = repeatedOf(texts);
  return twice === undefined ? { value: texts } : { fault: `has ${JSON.stringify(twice)} twice` };
}

function repeatedOf(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}
