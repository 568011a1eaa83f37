import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import type { RuleReader } from "./field-rules.js";
import { ruledExample } from "./rule-example.js";
import { wellKnownExample } from "./well-known.js";

/** The depth limit of nested messages in examples. */
const MAX_DEPTH = 4;

/**
 * Makes an example of a message: each field has a value of its type that keeps its rules where
 * that is easy; of a oneof only the first field is set. `omitted` names fields to omit.
 */
export function exampleOf(
  message: DescMessage,
  rules: RuleReader,
  omitted: ReadonlySet<string> = new Set(),
  depth = 0,
): JsonValue {
  const own = wellKnownExample(message.typeName);
  if (own !== undefined) return own;
  const example: JsonObject = {};
  for (const field of message.fields) {
    if (
      omitted.has(field.name) ||
      (field.oneof !== undefined &&
        field.oneof.fields.find(({ name }) => !omitted.has(name)) !== field)
    )
      continue;
    const value = fieldExample(field, rules, depth);
    if (value !== undefined) example[field.jsonName] = value;
  }
  return example;
}

/** Makes an example of a field's value; undefined when it is nested too deep. */
export function fieldExample(
  field: DescField,
  rules: RuleReader,
  depth = 0,
): JsonValue | undefined {
  const own = rules.field(field);
  const one = singleExample(field, rules, depth);
  if (one === undefined) return undefined;
  if (field.fieldKind === "list") return [ruledExample(one, own?.items, field) ?? one];
  return field.fieldKind === "map"
    ? {
        [field.mapKey === ScalarType.STRING ? "key" : "1"]:
          ruledExample(one, own?.values, field) ?? one,
      }
    : ruledExample(one, own, field);
}

function singleExample(field: DescField, rules: RuleReader, depth: number): JsonValue | undefined {
  if (field.message !== undefined)
    return depth >= MAX_DEPTH ? undefined : exampleOf(field.message, rules, new Set(), depth + 1);
  if (field.enum !== undefined) return enumExample(field.enum);
  return scalarExample(field.scalar as ScalarType, field.name);
}

/** The first value that is not zero. */
function enumExample(desc: DescEnum): JsonValue {
  if (desc.typeName === "google.protobuf.NullValue") return null;
  return (desc.values.find(({ number }) => number !== 0) ?? desc.values[0])?.name ?? "";
}

function scalarExample(type: ScalarType, name: string): JsonValue {
  switch (type) {
    case ScalarType.STRING:
      return name.replaceAll("_", "-");
    case ScalarType.BOOL:
      return true;
    case ScalarType.BYTES:
      return "AQID";
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return 1.5;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return "1";
    default:
      return 1;
  }
}
