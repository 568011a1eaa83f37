import type { RangeEnd, Rule, RuleValue } from "@tightwire/contract";
import { type CheckContext, runtime } from "./check-context.js";
import { brokenFormat } from "./format-check.js";
import { valueLiteral } from "./value-literal.js";

/** Up to so many values are compared one by one. */
const FEW_VALUES = 8;

/**
 * An expression that is true when a value breaks a rule. `size` is how many items or pairs it has.
 */
export function brokenWhen(rule: Rule, value: string, size: string, context: CheckContext): string {
  switch (rule.kind) {
    case "const":
      return not(equals(value, exact(rule, rule.value), context));
    case "in":
      return not(isOneOf(value, allExact(rule), context));
    case "not_in":
      return isOneOf(value, allExact(rule), context);
    case "range":
      return not(isInRange(rule, value, context));
    case "finite":
      return `!Number.isFinite(${value})`;
    case "size":
      return hasWrongSize(rule, value, size, context);
    case "pattern":
      return matches(rule, value, context);
    case "prefix":
    case "suffix":
    case "contains":
    case "not_contains":
      return hasWrongPart(rule, value, context);
    case "format":
      return brokenFormat(rule, value, context);
    case "defined_only":
      return not(isOneOf(value, rule.numbers, context));
    case "unique":
      return `!${runtime(context, "isUnique")}(${value})`;
    case "now": {
      const compared = `${runtime(context, "compareToMoment")}(${value}, found.now)`;
      return `${compared} ${rule.side === "before" ? ">" : "<"} 0`;
    }
    case "within": {
      const distance = valueLiteral(rule.distance, context.constants);
      return `!${runtime(context, "isWithin")}(${value}, ${distance}, found.now)`;
    }
    case "paths":
      return hasWrongPaths(rule, value, context);
  }
}

/** The value of a rule as the wire has it: of a `float` 32 bits. */
function exact({ id }: Rule, value: RuleValue): RuleValue {
  return id.startsWith("float.") && typeof value === "number" ? Math.fround(value) : value;
}

function allExact(rule: Extract<Rule, { kind: "in" | "not_in" }>): RuleValue[] {
  return rule.values.map((value) => exact(rule, value));
}

function not(condition: string): string {
  return `!(${condition})`;
}

function equals(value: string, wanted: RuleValue, context: CheckContext): string {
  const literal = valueLiteral(wanted, context.constants);
  if (wanted instanceof Uint8Array) return `${runtime(context, "sameBytes")}(${value}, ${literal})`;
  if (typeof wanted === "object")
    return `${runtime(context, "compareInstants")}(${value}, ${literal}) === 0`;
  return `${value} === ${literal}`;
}

function isOneOf(value: string, wanted: readonly RuleValue[], context: CheckContext): string {
  const [first] = wanted;
  if (wanted.length <= FEW_VALUES || typeof first === "object")
    return wanted.map((one) => equals(value, one, context)).join(" || ");
  const type = typeof first;
  const items = wanted.map((one) => valueLiteral(one, context.constants)).join(", ");
  return `${context.constants.name(`new Set<${type}>([${items}])`)}.has(${value})`;
}

function isInRange(
  rule: Extract<Rule, { kind: "range" }>,
  value: string,
  context: CheckContext,
): string {
  const { lower, upper, outside } = rule;
  const end = ({ value: at, exclusive }: RangeEnd): RangeEnd => ({
    value: exact(rule, at),
    exclusive,
  });
  const ends = [
    ...(lower === undefined ? [] : [compare(value, ">", end(lower), context)]),
    ...(upper === undefined ? [] : [compare(value, "<", end(upper), context)]),
  ];
  return ends.join(outside ? " || " : " && ");
}

function compare(value: string, sign: ">" | "<", end: RangeEnd, context: CheckContext): string {
  const operator = end.exclusive ? sign : `${sign}=`;
  const literal = valueLiteral(end.value, context.constants);
  return typeof end.value === "object"
    ? `${runtime(context, "compareInstants")}(${value}, ${literal}) ${operator} 0`
    : `${value} ${operator} ${literal}`;
}

function hasWrongSize(
  { id, unit, compare: how, size: wanted }: Extract<Rule, { kind: "size" }>,
  value: string,
  size: string,
  context: CheckContext,
): string {
  if (unit === "character") {
    const shorter = `${runtime(context, "isShorter")}(${value}, ${wanted})`;
    if (how === "least") return shorter;
    const longer = `${runtime(context, "isLonger")}(${value}, ${wanted})`;
    return how === "most" ? longer : `${shorter} || ${longer}`;
  }
  const ofText = unit === "byte" && id.startsWith("string.");
  const actual = ofText ? `${runtime(context, "utf8Length")}(${value})` : size;
  return `${actual} ${{ exactly: "!==", least: "<", most: ">" }[how]} ${wanted}`;
}

function matches(
  { id, source, flags }: Extract<Rule, { kind: "pattern" }>,
  value: string,
  context: CheckContext,
): string {
  // A RegExp knows how to write itself as a literal.
  const pattern = context.constants.name(String(new RegExp(source, flags)));
  return id.startsWith("bytes.")
    ? `!${runtime(context, "matchesUtf8")}(${pattern}, ${value})`
    : `!${pattern}.test(${value})`;
}

function hasWrongPart(
  { kind, value: part }: Extract<Rule, { kind: "prefix" | "suffix" | "contains" | "not_contains" }>,
  value: string,
  context: CheckContext,
): string {
  const literal = valueLiteral(part, context.constants);
  if (typeof part === "string") {
    const method = { prefix: "startsWith", suffix: "endsWith", contains: "includes" } as const;
    return kind === "not_contains"
      ? `${value}.includes(${literal})`
      : `!${value}.${method[kind]}(${literal})`;
  }
  if (kind === "contains") return `!${runtime(context, "includesBytes")}(${value}, ${literal})`;
  const { length } = part;
  const slice =
    kind === "prefix"
      ? `${value}.subarray(0, ${length})`
      : `${value}.subarray(Math.max(0, ${value}.length - ${length}))`;
  return `!${runtime(context, "sameBytes")}(${slice}, ${literal})`;
}

function hasWrongPaths(
  { compare: how, paths }: Extract<Rule, { kind: "paths" }>,
  value: string,
  context: CheckContext,
): string {
  if (how === "const") return `${value}.join() !== ${JSON.stringify(paths.join())}`;
  const list = context.constants.name(JSON.stringify(paths));
  const covered = `(path) => ${runtime(context, "isCovered")}(path, ${list})`;
  return how === "in" ? `!${value}.every(${covered})` : `${value}.some(${covered})`;
}
