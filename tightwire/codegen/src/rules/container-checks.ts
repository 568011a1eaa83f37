import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { FieldRules, ValueRules } from "@tightwire/contract";
import type { CheckContext } from "./check-context.js";
import { accessField, isNotZero, isUnwrapped, mapForm } from "./field-access.js";
import { indented, inside, placed, printRules, printValue } from "./value-checks.js";

/** Prints the checks of the items of a list; `nested` is their message, when it is checked. */
export function printItems(
  field: DescField,
  rules: ValueRules | undefined,
  nested: DescMessage | undefined,
  place: string,
  context: CheckContext,
): string[] {
  const { value } = accessField(field);
  const lines = printValue(field, "item", rules, nested, context);
  if (lines.length === 0) return [];
  return [
    `for (let index = 0; index < ${value}.length; index++) {`,
    `  const item = ${value}[index];`,
    "  if (item === undefined) continue;",
    ...indented(placed(lines, `${place}, index`)),
    "}",
  ];
}

/** Prints the checks of the keys and values of a map, as {@link printItems}. */
export function printPairs(
  field: DescField,
  { keys, values }: FieldRules,
  nested: DescMessage | undefined,
  place: string,
  context: CheckContext,
): string[] {
  const form = mapForm(field);
  const key = form === "numbers" ? "Number(text)" : "key";
  const { value } = accessField(field);
  const keyChecked = { value: "key", size: "key.length", field: "undefined", forKey: true };
  const keyLines =
    keys === undefined || keys.ignore === "always"
      ? []
      : inside(
          keys.ignore === "zero" ? isNotZeroKey(field) : undefined,
          printRules(keys, keyChecked, context),
        );
  const valueLines = inside(
    isUnwrapped(field) ? "value !== undefined" : undefined,
    printValue(field, "value", values, nested, context),
  );
  const lines = [...keyLines, ...valueLines];
  if (lines.length === 0) return [];
  const pairs = form === "map" ? value : `Object.entries(${value})`;
  const usesValue = lines.some((line) => /\bvalue\b/.test(line));
  const names = `${form === "numbers" ? "text" : "key"}${usesValue ? ", value" : ""}`;
  return [
    `for (const [${names}] of ${pairs}) {`,
    ...(form === "numbers" ? [`  const key = ${key};`] : []),
    ...indented(placed(lines, `${place}, { key }`)),
    "}",
  ];
}

function isNotZeroKey(field: DescField): string | undefined {
  if (field.fieldKind !== "map") return undefined;
  return isNotZero({ kind: "scalar", scalar: field.mapKey }, "key");
}
