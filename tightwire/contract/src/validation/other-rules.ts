import type { DescEnum } from "@bufbuild/protobuf";
import type { Rule } from "./rule.js";
import type { RuleContext } from "./rule-context.js";
import { readConst, readLists } from "./shared-rules.js";

/** Reads `BoolRules`. */
export function readBoolRules(context: RuleContext): Rule[] {
  return readConst("bool", context);
}

/** Reads `EnumRules`. Reports numbers that `defined_only` refuses. */
export function readEnumRules(desc: DescEnum, context: RuleContext): Rule[] {
  const rules: Rule[] = [...readConst("enum", context), ...readLists("enum", context)];
  if (context.get("defined_only") !== true) return rules;
  const numbers = desc.values.map(({ number }) => number);
  for (const name of ["const", "in"])
    for (const value of name === "const" ? [context.get(name) ?? numbers[0]] : context.list(name))
      if (!numbers.includes(Number(value)))
        context.report(
          `\`${name}\` has ${value}, which ${desc.typeName} does not define (\`defined_only\`)`,
          name,
        );
  return [{ kind: "defined_only", id: "enum.defined_only", numbers }, ...rules];
}

/** Reads `AnyRules`. They compare the type URL. */
export function readAnyRules(context: RuleContext): Rule[] {
  return readLists("any", context);
}

/** Reads `FieldMaskRules`. */
export function readFieldMaskRules(context: RuleContext): Rule[] {
  const exact = context.nested("const");
  const lists = [
    { compare: "const", paths: exact?.list("paths") },
    { compare: "in", paths: context.list("in") },
    { compare: "not_in", paths: context.list("not_in") },
  ] as const;
  return lists.flatMap(({ compare, paths }): Rule[] =>
    paths === undefined || (compare !== "const" && paths.length === 0)
      ? []
      : [{ kind: "paths", id: `field_mask.${compare}`, compare, paths: paths.map(String) }],
  );
}
