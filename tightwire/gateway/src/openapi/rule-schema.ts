import type { DescField, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { describeRule, type Rule, type RuleValue, type ValueRules } from "@tightwire/contract";

type SizeRule = Extract<Rule, { kind: "size" }>;
type RangeRule = Extract<Rule, { kind: "range" }>;

/** What rules say of a value: keywords of JSON Schema, and sentences for what it has none for. */
export interface RuledSchema {
  readonly keywords: JsonObject;
  readonly sentences: readonly string[];
}

const NOTHING: RuledSchema = { keywords: {}, sentences: [] };
const SIZES = {
  character: ["minLength", "maxLength"],
  item: ["minItems", "maxItems"],
  pair: ["minProperties", "maxProperties"],
} as const;
const FORMATS: Readonly<Record<string, string>> = {
  email: "email",
  hostname: "hostname",
  ipv4: "ipv4",
  ipv6: "ipv6",
  uri: "uri",
  uri_ref: "uri-reference",
  uuid: "uuid",
};

/**
 * The rules of a field's value as JSON Schema. `items`, `keys` and `values` of lists and maps are
 * rules of their own. Source: JSON Schema 2020-12, validation.
 */
export function ruleSchema(rules: ValueRules | undefined, field: DescField): RuledSchema {
  if (rules === undefined || rules.ignore === "always") return NOTHING;
  // Keywords would refuse the zero value, too, which keeps such rules.
  const parts =
    rules.ignore === "zero"
      ? rules.rules.map((rule) => sentence(rule, "Unless empty, it "))
      : rules.rules.map((rule) => oneRule(rule, field));
  return {
    keywords: Object.assign({}, ...parts.map(({ keywords }) => keywords)),
    sentences: parts.flatMap(({ sentences }) => sentences),
  };
}

function oneRule(rule: Rule, field: DescField): RuledSchema {
  const keywords = keywordsOf(rule, field);
  return keywords === undefined ? sentence(rule, "It ") : { keywords, sentences: [] };
}

function sentence(rule: Rule, start: string): RuledSchema {
  return { keywords: {}, sentences: [`${start}${describeRule(rule)}.`] };
}

function keywordsOf(rule: Rule, field: DescField): JsonObject | undefined {
  switch (rule.kind) {
    case "const":
      return ifJson([rule.value], field, ([value]) => ({ const: value as JsonValue }));
    case "in":
      return ifJson(rule.values, field, (values) => ({ enum: values }));
    case "not_in":
      return ifJson(rule.values, field, (values) => ({ not: { enum: values } }));
    case "range":
      return rangeKeywords(rule);
    case "size":
      return sizeKeywords(rule);
    case "pattern":
      return rule.id === "string.pattern" && rule.flags === "u"
        ? { pattern: rule.source }
        : undefined;
    case "format": {
      const format = rule.id.startsWith("string.") ? FORMATS[rule.format] : undefined;
      return format === undefined ? undefined : { format };
    }
    case "unique":
      return { uniqueItems: true };
    case "defined_only":
      return {}; // the schema of an enum lists its values
    default:
      return undefined;
  }
}

/** Numbers and texts in the form that ProtoJSON gives them; undefined when one has none. */
function ifJson(
  values: readonly RuleValue[],
  field: DescField,
  make: (values: JsonValue[]) => JsonObject,
): JsonObject | undefined {
  const written = values.map((value): JsonValue | undefined => {
    if (field.enum !== undefined)
      return field.enum.values.find(({ number }) => number === value)?.name;
    if (typeof value === "bigint") return String(value);
    return typeof value === "object" ? undefined : value;
  });
  return written.some((value) => value === undefined) ? undefined : make(written as JsonValue[]);
}

/** Integers of 64 bits are texts in JSON, which have no range. */
function rangeKeywords({ lower, upper, outside }: RangeRule): JsonObject | undefined {
  const values = [lower, upper].flatMap((end) => end?.value ?? []);
  if (outside || values.some((value) => typeof value !== "number" || !Number.isFinite(value)))
    return undefined;
  return {
    ...(lower === undefined
      ? {}
      : { [lower.exclusive ? "exclusiveMinimum" : "minimum"]: lower.value as number }),
    ...(upper === undefined
      ? {}
      : { [upper.exclusive ? "exclusiveMaximum" : "maximum"]: upper.value as number }),
  };
}

function sizeKeywords({ unit, compare, size }: SizeRule): JsonObject | undefined {
  if (unit === "byte") return undefined;
  const [least, most] = SIZES[unit];
  return {
    ...(compare === "most" ? {} : { [least]: size }),
    ...(compare === "least" ? {} : { [most]: size }),
  };
}
