import type { DescField, JsonValue } from "@bufbuild/protobuf";
import type { Rule, ValueRules } from "@tightwire/contract";

type RangeRule = Extract<Rule, { kind: "range" }>;

const FORMATS: Readonly<Record<string, string>> = {
  email: "ann@example.com",
  hostname: "example.com",
  address: "example.com",
  ip: "192.0.2.1",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uri_ref: "/path",
  uuid: "123e4567-e89b-42d3-a456-426614174000",
  tuuid: "123e4567e89b42d3a456426614174000",
  ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  host_and_port: "example.com:443",
};

/**
 * Changes an example of a value so that it keeps the rules that say what values are like: formats,
 * ranges, lists of values. An example for the others, such as patterns, is up to the reader.
 */
export function ruledExample(
  example: JsonValue | undefined,
  rules: ValueRules | undefined,
  field: DescField,
): JsonValue | undefined {
  let value = example;
  for (const rule of rules?.rules ?? []) value = keepRule(value, rule, field);
  return value;
}

function keepRule(
  value: JsonValue | undefined,
  rule: Rule,
  field: DescField,
): JsonValue | undefined {
  switch (rule.kind) {
    case "format":
      return typeof value === "string" ? (FORMATS[rule.format] ?? value) : value;
    case "range":
      return typeof value === "number" ? moveInto(value, rule) : value;
    case "const":
      return sameType(value, rule.value, field);
    case "in":
      return sameType(value, rule.values[0], field);
    default:
      return value;
  }
}

/** The value of a rule in place of an example of the same type. */
function sameType(
  value: JsonValue | undefined,
  wanted: unknown,
  { enum: desc }: DescField,
): JsonValue | undefined {
  if (desc !== undefined) return desc.values.find(({ number }) => number === wanted)?.name ?? value;
  const written = typeof wanted === "bigint" ? String(wanted) : wanted;
  return typeof written === typeof value ? (written as JsonValue) : value;
}

function moveInto(value: number, { lower, upper, outside }: RangeRule): number {
  if (outside) return value;
  const least = lower === undefined ? value : Number(lower.value) + (lower.exclusive ? 1 : 0);
  const most = upper === undefined ? value : Number(upper.value) - (upper.exclusive ? 1 : 0);
  return Math.min(Math.max(value, least), Math.max(most, least));
}
