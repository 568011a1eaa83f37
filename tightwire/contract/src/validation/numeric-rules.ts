import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { readConst, readLists, readRange } from "./shared-rules.js";

/** Reads the rules of a numeric type, such as `Int32Rules`; `type` is its name in `FieldRules`. */
export function readNumericRules(type: string, context: RuleContext): Rule[] {
  for (const name of ["lt", "lte", "gt", "gte"])
    if (Number.isNaN(context.get(name))) context.report(`\`${name}\` must not be NaN`, name);
  return [
    ...readConst(type, context),
    ...readRange(type, context),
    ...readLists(type, context),
    ...(context.get("finite") === true ? [{ kind: "finite", id: `${type}.finite` } as const] : []),
  ];
}
