import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { describeRule, type Rule, type ValueRules, valueTypeOf } from "@tightwire/contract";
import { brokenWhen } from "./broken-when.js";
import type { CheckContext } from "./check-context.js";
import { isNotZero } from "./field-access.js";
import { ruleId } from "./format-check.js";

/** A value that rules are printed for. */
export interface Checked {
  /** The expression of the value. */
  readonly value: string;
  /** How many items or pairs it has. */
  readonly size: string;
  /** The field that breaks the rules as an expression; `undefined` for the value at hand. */
  readonly field: string;
  /** Whether it is a key of a map. */
  readonly forKey?: boolean;
}

/** Prints the checks of the rules of one value. */
export function printRules(
  { rules }: ValueRules,
  checked: Checked,
  context: CheckContext,
): string[] {
  return rules.flatMap((rule) => {
    const value = comparable(rule, checked.value);
    const forKey = checked.forKey === true ? ", true" : "";
    return [
      `if (${brokenWhen(rule, value, checked.size, context)})`,
      `  found.add(${checked.field}, ${ruleId(rule, value)}, ${JSON.stringify(describeRule(rule))}${forKey});`,
    ];
  });
}

/** The checks of an item of a list or a value of a map, called `name`. */
export function printValue(
  field: DescField,
  name: string,
  rules: ValueRules | undefined,
  nested: DescMessage | undefined,
  context: CheckContext,
): string[] {
  const type = valueTypeOf(field);
  const checks = [
    ...(nested === undefined ? [] : [`${context.imports.check(nested)}(${name}, found);`]),
    ...(rules === undefined
      ? []
      : printRules(
          rules,
          { value: ruledValue(field, name), size: `${name}.length`, field: "undefined" },
          context,
        )),
  ];
  if (rules?.ignore === "always") return [];
  return inside(rules?.ignore === "zero" ? isNotZero(type, name) : undefined, checks);
}

/** The value in a form that a rule can be compared with. */
function comparable({ id }: Rule, value: string): string {
  // Enums are unions of literals, which cannot be compared with other numbers.
  if (id.startsWith("enum.")) return `(${value} as number)`;
  // Where it is known to be true, it cannot be compared with false.
  if (id.startsWith("bool.")) return `(${value} as boolean)`;
  // The wire has 32 bits of it.
  return id.startsWith("float.") ? `Math.fround(${value})` : value;
}

/** Rules of a `google.protobuf.Any` are about its type. */
export function ruledValue(field: DescField, value: string): string {
  return field.message?.typeName === "google.protobuf.Any" ? `${value}.typeUrl` : value;
}

/** The lines, where a condition holds. */
export function inside(condition: string | undefined, lines: readonly string[]): string[] {
  if (condition === undefined || lines.length === 0) return [...lines];
  return [`if (${condition}) {`, ...indented(lines), "}"];
}

/** The lines, one level deeper. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** The lines, with what they find placed below the steps `steps`: `$Order.lines, index`. */
export function placed(lines: readonly string[], steps: string): string[] {
  return [
    "const before = found.kept;",
    ...lines,
    `if (found.kept !== before) found.within(before, ${steps});`,
  ];
}
