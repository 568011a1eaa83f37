import { compareValues, sameValue } from "./compare-values.js";
import type { RangeEnd, Rule, RuleValue } from "./rule.js";
import type { RuleContext } from "./rule-context.js";

/** The rules that several types have: `const`, `in`, `not_in`. */
export function readConst(type: string, context: RuleContext): Rule[] {
  const value = context.get("const");
  return value === undefined ? [] : [{ kind: "const", id: `${type}.const`, value }];
}

/** The rules `in` and `not_in` of a type. */
export function readLists(type: string, context: RuleContext): Rule[] {
  const lists = (["in", "not_in"] as const).map((kind) => ({ kind, values: context.list(kind) }));
  return lists.flatMap(({ kind, values }): Rule[] =>
    values.length === 0 ? [] : [{ kind, id: `${type}.${kind}`, values }],
  );
}

/**
 * The range of a type: `lt` or `lte`, `gt` or `gte`, or one of each. Reports a range that is empty.
 */
export function readRange(type: string, context: RuleContext): Rule[] {
  const lower = readEnd(context, "gt", "gte");
  const upper = readEnd(context, "lt", "lte");
  if (lower === undefined && upper === undefined) return [];
  const name = [lower?.name, upper?.name].filter((one) => one !== undefined).join("_");
  if (lower === undefined || upper === undefined) {
    const ends = lower === undefined ? { upper: upper?.end } : { lower: lower.end };
    return [{ kind: "range", id: `${type}.${name}`, outside: false, ...ends } as Rule];
  }
  const order = compareValues(lower.end.value, upper.end.value);
  if (order === 0 && (lower.end.exclusive || upper.end.exclusive))
    context.report(
      `\`${lower.name}\` and \`${upper.name}\` are the same value, so that none is left`,
      lower.name,
    );
  return [
    {
      kind: "range",
      id: `${type}.${name}${order > 0 ? "_exclusive" : ""}`,
      lower: lower.end,
      upper: upper.end,
      outside: order > 0,
    },
  ];
}

function readEnd(
  context: RuleContext,
  exclusive: string,
  inclusive: string,
): { readonly name: string; readonly end: RangeEnd } | undefined {
  for (const name of [exclusive, inclusive]) {
    const value = context.get(name);
    if (value !== undefined) return { name, end: { value, exclusive: name === exclusive } };
  }
  return undefined;
}

/** Reports a `const`, and each value of `in`, that another rule refuses. */
export function reportContradictions(rules: readonly Rule[], context: RuleContext): void {
  const fixed = rules.flatMap((rule): { name: string; values: readonly RuleValue[] }[] => {
    if (rule.kind === "const") return [{ name: "const", values: [rule.value] }];
    return rule.kind === "in" ? [{ name: "in", values: rule.values }] : [];
  });
  for (const { name, values } of fixed)
    for (const other of rules)
      if (!other.id.endsWith(`.${name}`) && values.every((value) => refuses(other, value)))
        context.report(`\`${name}\` leaves nothing that \`${nameOf(other)}\` allows`, name);
}

function nameOf({ id }: Rule): string {
  return id.slice(id.indexOf(".") + 1);
}

/** Whether a rule is known to refuse a value. Of rules that are not compared here: no. */
export function refuses(rule: Rule, value: RuleValue): boolean {
  switch (rule.kind) {
    case "const":
      return !sameValue(rule.value, value);
    case "in":
      return !rule.values.some((one) => sameValue(one, value));
    case "not_in":
      return rule.values.some((one) => sameValue(one, value));
    case "range":
      return !isInRange(rule, value);
    case "size":
      return isText(value) && !hasSize(rule, sizeOf(value, rule.unit));
    default:
      return false;
  }
}

function isInRange(
  { lower, upper, outside }: Extract<Rule, { kind: "range" }>,
  value: RuleValue,
): boolean {
  const above = lower === undefined || isBeyond(compareValues(value, lower.value), lower);
  const below = upper === undefined || isBeyond(compareValues(upper.value, value), upper);
  return outside ? above || below : above && below;
}

function isBeyond(order: number, { exclusive }: RangeEnd): boolean {
  return exclusive ? order > 0 : order >= 0;
}

function isText(value: RuleValue): value is string | Uint8Array {
  return typeof value === "string" || value instanceof Uint8Array;
}

function sizeOf(value: string | Uint8Array, unit: string): number {
  if (typeof value !== "string") return value.length;
  return unit === "byte" ? Buffer.byteLength(value) : [...value].length;
}

function hasSize({ compare, size }: Extract<Rule, { kind: "size" }>, actual: number): boolean {
  if (compare === "exactly") return actual === size;
  return compare === "least" ? actual >= size : actual <= size;
}
