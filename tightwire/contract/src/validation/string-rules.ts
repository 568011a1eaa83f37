import { readPattern } from "./pattern.js";
import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { readConst, readLists } from "./shared-rules.js";
import { readSizes } from "./size-rules.js";

/** The formats of `StringRules.well_known` that are a bool. */
const FORMATS: readonly string[] = [
  "email",
  "hostname",
  "ip",
  "ipv4",
  "ipv6",
  "uri",
  "uri_ref",
  "address",
  "uuid",
  "tuuid",
  "ip_with_prefixlen",
  "ipv4_with_prefixlen",
  "ipv6_with_prefixlen",
  "ip_prefix",
  "ipv4_prefix",
  "ipv6_prefix",
  "host_and_port",
  "ulid",
  "protobuf_fqn",
  "protobuf_dot_fqn",
];
const HEADER_NAME = 1;
const HEADER_VALUE = 2;

/** Reads `StringRules`. */
export function readStringRules(context: RuleContext): Rule[] {
  return [
    ...readConst("string", context),
    ...readSizes(
      "string",
      "character",
      { exactly: "len", least: "min_len", most: "max_len" },
      context,
    ),
    ...readSizes(
      "string",
      "byte",
      { exactly: "len_bytes", least: "min_bytes", most: "max_bytes" },
      context,
    ),
    ...readPattern("string", context),
    ...readParts("string", ["prefix", "suffix", "contains", "not_contains"], context),
    ...readLists("string", context),
    ...readFormats(context),
  ];
}

/** Reads `BytesRules`. */
export function readBytesRules(context: RuleContext): Rule[] {
  return [
    ...readConst("bytes", context),
    ...readSizes("bytes", "byte", { exactly: "len", least: "min_len", most: "max_len" }, context),
    ...readPattern("bytes", context),
    ...readParts("bytes", ["prefix", "suffix", "contains"], context),
    ...readLists("bytes", context),
    ...["ip", "ipv4", "ipv6", "uuid"].flatMap((format) => readFormat("bytes", format, context)),
  ];
}

function readParts(
  type: string,
  kinds: readonly ("prefix" | "suffix" | "contains" | "not_contains")[],
  context: RuleContext,
): Rule[] {
  return kinds.flatMap((kind): Rule[] => {
    const value = context.get(kind);
    if (typeof value !== "string" && !(value instanceof Uint8Array)) return [];
    return [{ kind, id: `${type}.${kind}`, value }];
  });
}

function readFormats(context: RuleContext): Rule[] {
  return [
    ...FORMATS.flatMap((format) => readFormat("string", format, context)),
    ...readHeader(context),
  ];
}

function readFormat(type: string, format: string, context: RuleContext): Rule[] {
  return context.get(format) === true ? [{ kind: "format", id: `${type}.${format}`, format }] : [];
}

function readHeader(context: RuleContext): Rule[] {
  const known = context.get("well_known_regex");
  if (known !== HEADER_NAME && known !== HEADER_VALUE) return [];
  const name = known === HEADER_NAME ? "header_name" : "header_value";
  const loose = context.get("strict") === false ? "loose_" : "";
  return [{ kind: "format", id: `string.well_known_regex.${name}`, format: `${loose}${name}` }];
}
