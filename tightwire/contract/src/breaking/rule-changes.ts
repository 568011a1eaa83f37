import type { DescField } from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { compareValues, sameValue } from "../validation/compare-values.js";
import { mayBeEmpty } from "../validation/empty-formats.js";
import type { RangeEnd, Rule, RuleValue } from "../validation/rule.js";
import { refuses } from "../validation/shared-rules.js";

/** Whether a rule refuses values that the rules of before let pass. */
export function isTightened(rule: Rule, before: readonly Rule[]): boolean {
  if (before.some((old) => old.kind === rule.kind && allowsAsMuch(rule, old))) return false;
  const values = VALUE_RULES.has(rule.kind) ? allowedValues(before) : undefined;
  return values === undefined || values.some((value) => refuses(rule, value));
}

/** The kinds of rules of which it is known whether they refuse a value. */
const VALUE_RULES: ReadonlySet<Rule["kind"]> = new Set(["const", "in", "not_in", "range"]);

/** The only values that may pass these rules, or undefined when no rule lists them. */
function allowedValues(rules: readonly Rule[]): readonly RuleValue[] | undefined {
  for (const rule of rules) {
    if (rule.kind === "const") return [rule.value];
    if (rule.kind === "in") return rule.values;
  }
  return undefined;
}

/** Whether a rule lets pass all that another one of its kind does. */
function allowsAsMuch(now: Rule, old: Rule): boolean {
  switch (now.kind) {
    case "size":
      return old.kind === "size" && allowsSizes(now, old);
    case "range":
      return old.kind === "range" && allowsRange(now, old);
    case "in":
      return old.kind === "in" && covers(now.values, old.values);
    case "not_in":
      return old.kind === "not_in" && covers(old.values, now.values);
    case "within":
      return old.kind === "within" && compareValues(now.distance, old.distance) >= 0;
    case "defined_only":
      return (
        old.kind === "defined_only" && old.numbers.every((number) => now.numbers.includes(number))
      );
    default:
      return textOf(now) === textOf(old);
  }
}

type SizeRule = Extract<Rule, { kind: "size" }>;
type RangeRule = Extract<Rule, { kind: "range" }>;

function allowsSizes(now: SizeRule, old: SizeRule): boolean {
  if (now.unit !== old.unit) return false;
  const fits = (size: number): boolean =>
    now.compare === "least" ? now.size <= size : now.size >= size;
  if (now.compare === "exactly") return old.compare === "exactly" && now.size === old.size;
  return (old.compare === now.compare || old.compare === "exactly") && fits(old.size);
}

function allowsRange(now: RangeRule, old: RangeRule): boolean {
  if (now.outside || old.outside) return textOf(now) === textOf(old);
  return reaches(now.lower, old.lower, 1) && reaches(now.upper, old.upper, -1);
}

/** Whether one end of a range is as far out as another; `side` is 1 for lower ends. */
function reaches(now: RangeEnd | undefined, old: RangeEnd | undefined, side: 1 | -1): boolean {
  if (now === undefined) return true;
  if (old === undefined) return false;
  const order = compareValues(now.value, old.value) * side;
  return order < 0 || (order === 0 && (!now.exclusive || old.exclusive));
}

function covers(values: readonly RuleValue[], wanted: readonly RuleValue[]): boolean {
  return wanted.every((one) => values.some((value) => sameValue(value, one)));
}

function textOf(rule: Rule): string {
  return JSON.stringify(rule, (_, value: unknown) =>
    typeof value === "bigint" || typeof value === "number" ? String(value) : value,
  );
}

/** Whether a rule refuses the zero value of a field that does not track presence. */
export function refusesZero(rule: Rule, field: DescField): boolean {
  switch (rule.kind) {
    case "size":
      return rule.compare !== "most" && rule.size > 0;
    case "pattern":
      return !new RegExp(rule.source, rule.flags).test("");
    case "prefix":
    case "suffix":
    case "contains":
      return rule.value.length > 0;
    case "not_contains":
      return rule.value.length === 0;
    case "format":
      return !mayBeEmpty(rule.format);
    case "defined_only":
      return !rule.numbers.includes(0);
    case "const":
    case "in":
    case "not_in":
    case "range":
      return refuses(rule, zeroOf(field));
    default:
      return false;
  }
}

function zeroOf({ scalar, enum: desc }: DescField): RuleValue {
  if (desc !== undefined || scalar === undefined) return 0;
  return scalarZeroValue(scalar, false) as RuleValue;
}
