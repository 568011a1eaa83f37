import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";

const WELL_KNOWN: Readonly<Record<string, string>> = {
  "google.protobuf.Any": "any",
  "google.protobuf.Duration": "duration",
  "google.protobuf.FieldMask": "field_mask",
  "google.protobuf.Timestamp": "timestamp",
};

/** What rules are about: a scalar, an enum or a message, by itself. */
export type ValueType =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "enum"; readonly desc: DescEnum }
  | { readonly kind: "message"; readonly desc: DescMessage };

/** What a singular field, or the items of a list or the values of a map, are. */
export function valueTypeOf(field: DescField): ValueType {
  if (field.enum !== undefined) return { kind: "enum", desc: field.enum };
  if (field.message !== undefined) return { kind: "message", desc: field.message };
  return { kind: "scalar", scalar: field.scalar ?? ScalarType.STRING };
}

/**
 * The name in `FieldRules` of the rules for a type: `int32`, `string`, `timestamp`. A wrapper has
 * those of what it wraps. Undefined when there are none.
 */
export function ruleTypeOf(type: ValueType): string | undefined {
  if (type.kind === "enum") return "enum";
  if (type.kind === "scalar") return ScalarType[type.scalar].toLowerCase();
  const wrapped = wrappedScalar(type.desc);
  if (wrapped !== undefined) return ScalarType[wrapped].toLowerCase();
  return WELL_KNOWN[type.desc.typeName];
}

/** What a wrapper (`google.protobuf.StringValue`) wraps; undefined for other messages. */
export function wrappedScalar({ typeName, fields }: DescMessage): ScalarType | undefined {
  return /^google\.protobuf\.\w+Value$/.test(typeName) && fields.length === 1
    ? fields[0]?.scalar
    : undefined;
}
