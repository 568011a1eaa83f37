import { isTime } from "./compare-values.js";
import type { RangeEnd, Rule, RuleValue } from "./rule.js";

const FORMATS: Readonly<Record<string, string>> = {
  address: "a host name or an IP address",
  email: "an email address",
  header_name: "the name of an HTTP header",
  header_value: "the value of an HTTP header",
  host_and_port: "a host and a port",
  hostname: "a host name",
  ip: "an IP address",
  ip_prefix: "an IP prefix",
  ip_with_prefixlen: "an IP address with the length of its prefix",
  ipv4: "an IPv4 address",
  ipv4_prefix: "an IPv4 prefix",
  ipv4_with_prefixlen: "an IPv4 address with the length of its prefix",
  ipv6: "an IPv6 address",
  ipv6_prefix: "an IPv6 prefix",
  ipv6_with_prefixlen: "an IPv6 address with the length of its prefix",
  loose_header_name: "the name of an HTTP header",
  loose_header_value: "the value of an HTTP header",
  protobuf_dot_fqn: "a full name of protobuf with a dot before it",
  protobuf_fqn: "a full name of protobuf",
  tuuid: "a UUID without hyphens",
  ulid: "a ULID",
  uri: "a URI",
  uri_ref: "a URI or a relative reference",
  uuid: "a UUID",
};

/** What a value must be to keep a rule; continues a sentence: `must be at least 1`. */
export function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case "const":
      return `must be ${formatValue(rule.value)}`;
    case "in":
      return `must be ${formatList(rule.values)}`;
    case "not_in":
      return `must not be ${formatList(rule.values)}`;
    case "range":
      return `must be ${describeRange(rule)}`;
    case "finite":
      return "must be finite";
    case "size":
      return describeSize(rule);
    case "pattern":
      return `must match ${rule.pattern}`;
    case "prefix":
      return `must start with ${formatValue(rule.value)}`;
    case "suffix":
      return `must end with ${formatValue(rule.value)}`;
    case "contains":
      return `must contain ${formatValue(rule.value)}`;
    case "not_contains":
      return `must not contain ${formatValue(rule.value)}`;
    case "format":
      return `must be ${FORMATS[rule.format] ?? rule.format}`;
    case "defined_only":
      return "must be a defined value of the enum";
    case "unique":
      return "must not have an item twice";
    case "now":
      return `must be ${rule.side} now`;
    case "within":
      return `must be at most ${formatValue(rule.distance)} from now`;
    case "paths":
      return describePaths(rule);
  }
}

/** A value as text: strings in quotes, bytes in hexadecimal, times in seconds. */
export function formatValue(value: RuleValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (!isTime(value)) return String(value);
  const total = value.seconds * 1_000_000_000n + BigInt(value.nanos);
  const size = total < 0n ? -total : total;
  const digits = String(size % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const fraction = digits === "" ? "" : `.${digits}`;
  return `${total < 0n ? "-" : ""}${size / 1_000_000_000n}${fraction} s`;
}

/** Lists stand in every violation: long ones are cut. */
const MAX_LISTED = 12;

function formatList(values: readonly RuleValue[]): string {
  const listed = values.length > MAX_LISTED ? values.slice(0, MAX_LISTED - 1) : values;
  const texts = listed.map(formatValue);
  if (listed.length < values.length)
    texts.push(`one of ${values.length - listed.length} more values`);
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function describeRange({ lower, upper, outside }: Extract<Rule, { kind: "range" }>): string {
  if (lower?.exclusive === false && upper?.exclusive === false && !outside)
    return `${formatValue(lower.value)} to ${formatValue(upper.value)}`;
  const ends = [
    ...(lower === undefined ? [] : [describeEnd(lower, "more than", "at least")]),
    ...(upper === undefined ? [] : [describeEnd(upper, "less than", "at most")]),
  ];
  return ends.join(outside ? " or " : " and ");
}

function describeEnd({ value, exclusive }: RangeEnd, outside: string, inside: string): string {
  return `${exclusive ? outside : inside} ${formatValue(value)}`;
}

function describeSize({ unit, compare, size }: Extract<Rule, { kind: "size" }>): string {
  if (compare === "least" && size === 1 && (unit === "character" || unit === "byte"))
    return "must not be empty";
  const how = { exactly: "exactly", least: "at least", most: "at most" }[compare];
  return `must have ${how} ${size} ${unit}${size === 1 ? "" : "s"}`;
}

function describePaths({ compare, paths }: Extract<Rule, { kind: "paths" }>): string {
  const list = paths.join(", ");
  if (compare === "const") return `must have exactly the paths ${list}`;
  return compare === "in" ? `must only have paths in ${list}` : `must not have paths in ${list}`;
}
