import type { Rule, RuleValue } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { readConst, readLists, readRange } from "./shared-rules.js";

const VALUES = ["const", "lt", "lte", "gt", "gte"];
const LISTS = ["in", "not_in"];

/** Reads the rules of a numeric type, such as `Int32Rules`; `type` is its name in `FieldRules`. */
export function readNumericRules(type: string, context: RuleContext): Rule[] {
  for (const name of VALUES)
    if (Number.isNaN(context.get(name))) context.report(`\`${name}\` must not be NaN`, name);
  for (const name of LISTS)
    if (context.list(name).some((value) => Number.isNaN(value)))
      context.report(`\`${name}\` must not have NaN`, name);
  const rules: Rule[] = [
    ...readConst(type, context),
    ...readRange(type, context),
    ...readLists(type, context),
    ...(context.get("finite") === true ? [{ kind: "finite", id: `${type}.finite` } as const] : []),
  ];
  return type === "float" ? rules.map(shortenFloats) : rules;
}

/** The values of a rule of `float` as one would write them: 0.1, which 32 bits hold not exactly. */
function shortenFloats(rule: Rule): Rule {
  switch (rule.kind) {
    case "const":
      return { ...rule, value: shortest(rule.value) };
    case "in":
    case "not_in":
      return { ...rule, values: rule.values.map(shortest) };
    case "range":
      return {
        ...rule,
        ...(rule.lower && { lower: { ...rule.lower, value: shortest(rule.lower.value) } }),
        ...(rule.upper && { upper: { ...rule.upper, value: shortest(rule.upper.value) } }),
      };
    default:
      return rule;
  }
}

function shortest(value: RuleValue): RuleValue {
  if (typeof value !== "number" || !Number.isFinite(value)) return value;
  for (let digits = 1; digits < 10; digits++) {
    const written = Number(value.toPrecision(digits));
    if (Math.fround(written) === value) return written;
  }
  return value;
}
