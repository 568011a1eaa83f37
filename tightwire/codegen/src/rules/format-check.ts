import { mayBeEmpty, type Rule } from "@tightwire/contract";
import { type CheckContext, runtime } from "./check-context.js";

type FormatRule = Extract<Rule, { kind: "format" }>;

/** Formats that a function of the runtime checks, and what it takes besides the value. */
const FUNCTIONS: Readonly<Record<string, readonly [name: string, ...rest: string[]]>> = {
  email: ["isEmail"],
  hostname: ["isHostname"],
  ip: ["isIp"],
  ipv4: ["isIp", "4"],
  ipv6: ["isIp", "6"],
  uri: ["isUri"],
  uri_ref: ["isUriReference"],
  ip_with_prefixlen: ["isIpPrefix", "0", "false"],
  ipv4_with_prefixlen: ["isIpPrefix", "4", "false"],
  ipv6_with_prefixlen: ["isIpPrefix", "6", "false"],
  ip_prefix: ["isIpPrefix", "0", "true"],
  ipv4_prefix: ["isIpPrefix", "4", "true"],
  ipv6_prefix: ["isIpPrefix", "6", "true"],
  host_and_port: ["isHostAndPort"],
};

/** Formats that a pattern checks. None of them can backtrack. */
const PATTERNS: Readonly<Record<string, string>> = {
  uuid: "/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/",
  tuuid: "/^[0-9a-fA-F]{32}$/",
  ulid: "/^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/",
  protobuf_fqn: "/^[A-Za-z_][A-Za-z_0-9]*(?:\\.[A-Za-z_][A-Za-z_0-9]*)*$/",
  protobuf_dot_fqn: "/^(?:\\.[A-Za-z_][A-Za-z_0-9]*)+$/",
  header_name: "/^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$/",
  header_value: "/^[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$/",
  loose_header_name: "/^[^\\x00\\x0a\\x0d]+$/",
  loose_header_value: "/^[^\\x00\\x0a\\x0d]*$/",
};

/** How many bytes the formats of `bytes` have. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  ip: [4, 16],
  ipv4: [4],
  ipv6: [16],
  uuid: [16],
};

/** An expression that is true when a value does not have a format. */
export function brokenFormat(rule: FormatRule, value: string, context: CheckContext): string {
  const { id, format } = rule;
  if (id.startsWith("bytes."))
    return (SIZES[format] ?? []).map((size) => `${value}.length !== ${size}`).join(" && ");
  if (format === "address")
    return `!${runtime(context, "isHostname")}(${value}) && !${runtime(context, "isIp")}(${value})`;
  const [name, ...rest] = FUNCTIONS[format] ?? [];
  if (name !== undefined) return `!${runtime(context, name)}(${[value, ...rest].join(", ")})`;
  const pattern = PATTERNS[format];
  if (pattern === undefined) throw new Error(`there is no check of the format ${format}`);
  return `!${context.constants.name(pattern)}.test(${value})`;
}

/** The id of a rule as an expression: an empty value breaks one of its own in most formats. */
export function ruleId(rule: Rule, value: string): string {
  const id = JSON.stringify(rule.id);
  if (rule.kind !== "format" || mayBeEmpty(rule.format)) return id;
  return `${value}.length === 0 ? ${JSON.stringify(`${rule.id}_empty`)} : ${id}`;
}
