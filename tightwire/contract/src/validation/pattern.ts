import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { translatePattern } from "./translate-pattern.js";

/** Reads the rule `pattern` of strings or bytes. Reports one that JavaScript cannot express. */
export function readPattern(type: string, context: RuleContext): Rule[] {
  const pattern = context.get("pattern");
  if (typeof pattern !== "string") return [];
  try {
    return [{ kind: "pattern", id: `${type}.pattern`, pattern, ...translatePattern(pattern) }];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.report(`\`pattern\` ${reason}`, "pattern");
    return [];
  }
}
