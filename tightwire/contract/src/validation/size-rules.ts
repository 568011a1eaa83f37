import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";

type SizeRule = Extract<Rule, { kind: "size" }>;

/**
 * Rules about a size: the names of the fields for an exact one, the least and the most. Reports
 * those that contradict each other.
 */
export function readSizes(
  type: string,
  unit: SizeRule["unit"],
  names: { readonly exactly?: string; readonly least: string; readonly most: string },
  context: RuleContext,
): Rule[] {
  const found = (["exactly", "least", "most"] as const).flatMap((compare): SizeRule[] => {
    const name = names[compare];
    const value = name === undefined ? undefined : context.get(name);
    if (value === undefined) return [];
    return [{ kind: "size", id: `${type}.${name}`, unit, compare, size: Number(value) }];
  });
  const sizeOf = (compare: string): number | undefined =>
    found.find((rule) => rule.compare === compare)?.size;
  const exactly = sizeOf("exactly");
  const least = exactly ?? sizeOf("least");
  const most = exactly ?? sizeOf("most");
  if (exactly !== undefined && found.length > 1)
    context.report(
      `\`${names.exactly}\` goes with neither \`${names.least}\` nor \`${names.most}\``,
      names.exactly,
    );
  else if (least !== undefined && most !== undefined && least > most)
    context.report(
      `\`${names.least}\` (${least}) must not be more than \`${names.most}\` (${most})`,
      names.least,
    );
  return found;
}
