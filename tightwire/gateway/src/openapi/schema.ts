import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Registry,
  ScalarType,
} from "@bufbuild/protobuf";
import {
  commentOf,
  exclusiveFields,
  type MessageRules,
  type ValueRules,
} from "@tightwire/contract";

import { fieldBehavior } from "./field-behavior.js";
import { createRuleReader, type RuleReader } from "./field-rules.js";
import { ruleSchema } from "./rule-schema.js";
import { wellKnownSchema } from "./well-known.js";

/**
 * The schemas that a document refers to, by the full names of messages and enums.
 */
export interface Schemas {
  readonly rules: RuleReader;
  /** Whether a field must be set, by `google.api.field_behavior` or `buf.validate`. */
  isRequired(field: DescField): boolean;
  /**
   * A reference to a message's schema, which is added when it is new. The schema itself when
   * ProtoJSON has a special form for the message.
   */
  message(message: DescMessage): JsonObject;
  /** The schema of a field's value, with the field's comment. */
  field(field: DescField): JsonObject;
  /** The schema of a message without some of its fields, inline. */
  without(message: DescMessage, omitted: ReadonlySet<string>): JsonObject;
  /** All added schemas, by name. */
  components(): JsonObject;
}

/** Makes an empty set of schemas. Source: protobuf.dev, "ProtoJSON Format"; JSON Schema 2020-12. */
export function createSchemas(registry: Registry): Schemas {
  const added = new Map<string, JsonObject>();
  const rules = createRuleReader(registry);

  function refer(name: string, make: () => JsonObject): JsonObject {
    if (!added.has(name)) {
      added.set(name, {}); // stops the recursion of a message that contains itself
      added.set(name, make());
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function message(desc: DescMessage): JsonObject {
    return wellKnownSchema(desc.typeName) ?? refer(desc.typeName, () => object(desc, new Set()));
  }

  function object(desc: DescMessage, omitted: ReadonlySet<string>): JsonObject {
    const fields = desc.fields.filter(({ name }) => !omitted.has(name));
    const required = fields.filter(isRequired).map(({ jsonName }) => jsonName);
    const description = [commentOf(desc), ...describeOneofs(desc, omitted, rules.message(desc))]
      .filter((text) => text !== "")
      .join("\n\n");
    return {
      type: "object",
      ...(description === "" ? {} : { description }),
      ...(desc.deprecated ? { deprecated: true } : {}),
      properties: Object.fromEntries(
        fields.map((field) => [field.jsonName, describedField(field)]),
      ),
      ...(required.length === 0 ? {} : { required }),
    };
  }

  function enumeration(desc: DescEnum): JsonObject {
    if (desc.typeName === "google.protobuf.NullValue") return { type: "null" };
    return refer(desc.typeName, () => {
      const values = desc.values.map((value) => ({ name: value.name, comment: commentOf(value) }));
      const listed = values.some(({ comment }) => comment !== "")
        ? values.map(({ name, comment }) => `- \`${name}\`: ${comment.replace(/\s+/g, " ")}`)
        : [];
      const description = [commentOf(desc), listed.join("\n")]
        .filter((text) => text !== "")
        .join("\n\n");
      return {
        type: "string",
        ...(description === "" ? {} : { description }),
        enum: values.map(({ name }) => name),
      };
    });
  }

  function isRequired(field: DescField): boolean {
    return fieldBehavior(field, registry).required || rules.field(field)?.required === true;
  }

  function value(field: DescField): JsonObject {
    switch (field.fieldKind) {
      case "scalar":
        return scalarSchema(field.scalar);
      case "enum":
        return enumeration(field.enum);
      case "message":
        return message(field.message);
      case "list":
        return { type: "array", items: ruled(single(field), rules.field(field)?.items, field) };
      case "map":
        return {
          type: "object",
          ...propertyNames(field),
          additionalProperties: ruled(single(field), rules.field(field)?.values, field),
        };
    }
  }

  /** The schema of an item of a list, or of a value of a map. */
  function single(field: DescField): JsonObject {
    if (field.message !== undefined) return message(field.message);
    if (field.enum !== undefined) return enumeration(field.enum);
    return scalarSchema(field.scalar as ScalarType);
  }

  function propertyNames(field: DescField): JsonObject {
    // Other keys than texts are texts in JSON, which keywords for numbers do not fit.
    if (field.fieldKind !== "map" || field.mapKey !== ScalarType.STRING) return {};
    const { keywords } = ruleSchema(rules.field(field)?.keys, field);
    return Object.keys(keywords).length === 0 ? {} : { propertyNames: keywords };
  }

  function describedField(field: DescField): JsonObject {
    const { readOnly, writeOnly } = fieldBehavior(field, registry);
    const { keywords, sentences } = ruleSchema(rules.field(field), field);
    const description = [commentOf(field), sentences.join(" ")]
      .filter((text) => text !== "")
      .join("\n\n");
    return {
      ...value(field),
      ...keywords,
      ...(description === "" ? {} : { description }),
      ...(field.deprecated ? { deprecated: true } : {}),
      ...(readOnly ? { readOnly } : {}),
      ...(writeOnly ? { writeOnly } : {}),
    };
  }

  return {
    rules,
    isRequired,
    message,
    field: describedField,
    without: object,
    components: () => Object.fromEntries([...added].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function describeOneofs(
  desc: DescMessage,
  omitted: ReadonlySet<string>,
  rules: MessageRules,
): string[] {
  return exclusiveFields(desc, rules).flatMap(({ fields, required }) => {
    const names = fields
      .filter(({ name }) => !omitted.has(name))
      .map(({ jsonName }) => `\`${jsonName}\``);
    if (names.length === 0 || (names.length < 2 && !required)) return [];
    return [`${required ? "Exactly" : "At most"} one of ${names.join(", ")}.`];
  });
}

/** A schema of an item or of a value of a map, with its rules. */
function ruled(schema: JsonObject, rules: ValueRules | undefined, field: DescField): JsonObject {
  const { keywords, sentences } = ruleSchema(rules, field);
  const description = sentences.length === 0 ? {} : { description: sentences.join(" ") };
  return { ...schema, ...keywords, ...description };
}

const WHOLE: Readonly<Record<string, JsonValue>> = { type: "integer" };

function scalarSchema(type: ScalarType): JsonObject {
  switch (type) {
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.BYTES:
      return { type: "string", contentEncoding: "base64" };
    case ScalarType.FLOAT:
      return { type: "number", format: "float" };
    case ScalarType.DOUBLE:
      return { type: "number", format: "double" };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { type: "string", format: "int64" };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: "string", format: "uint64" };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { ...WHOLE, minimum: 0, maximum: 4_294_967_295 };
    default:
      return { ...WHOLE, format: "int32" };
  }
}
