import { isTime } from "./compare-values.js";
import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { readConst, readLists, readRange } from "./shared-rules.js";

/** Reads `DurationRules`. */
export function readDurationRules(context: RuleContext): Rule[] {
  return [
    ...readConst("duration", context),
    ...readRange("duration", context),
    ...readLists("duration", context),
  ];
}

/** Reads `TimestampRules`. */
export function readTimestampRules(context: RuleContext): Rule[] {
  const before = context.get("lt_now") === true;
  const after = context.get("gt_now") === true;
  if (before && after) context.report("`lt_now` and `gt_now` leave no moment", "lt_now");
  const rules: Rule[] = [...readConst("timestamp", context), ...readRange("timestamp", context)];
  if (before) rules.push({ kind: "now", id: "timestamp.lt_now", side: "before" });
  if (after) rules.push({ kind: "now", id: "timestamp.gt_now", side: "after" });
  const distance = context.get("within");
  if (distance !== undefined && isTime(distance)) {
    if (distance.seconds < 0n || distance.nanos < 0)
      context.report("`within` must not be negative", "within");
    rules.push({ kind: "within", id: "timestamp.within", distance });
  }
  return rules;
}
