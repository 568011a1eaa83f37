import type { DescField, DescMessage } from "@bufbuild/protobuf";
import {
  describeRule,
  type FieldGroup,
  type FieldRules,
  hasRules,
  type ValueRules,
  valueTypeOf,
} from "@tightwire/contract";
import { brokenWhen } from "./broken-when.js";
import type { CheckContext } from "./check-context.js";
import type { CheckedMessages } from "./checked-messages.js";
import { accessField, isNotZero, mapForm, mapSize } from "./field-access.js";
import { ruleId } from "./format-check.js";
import { checkName } from "./rules-name.js";

/** What printing the check of a message needs. */
export interface FunctionContext extends CheckContext {
  readonly messages: CheckedMessages;
}

/** A value that rules are printed for. */
interface Checked {
  /** The expression of the value. */
  readonly value: string;
  /** How many items or pairs it has. */
  readonly size: string;
  /** The field that breaks the rules as an expression; `undefined` for the value at hand. */
  readonly field: string;
  /** Whether it is a key of a map. */
  readonly forKey?: boolean;
}

/** Prints the body of the function that checks a message; `fields` holds its fields. */
export function printChecks(message: DescMessage, fields: string, context: FunctionContext): string[] {
  const rules = context.messages.rulesOf(message);
  return [
    ...message.fields.flatMap((field) => {
      const own = rules.fields.get(field);
      return own === undefined ? [] : printField(message, field, own, fields, context);
    }),
    ...rules.groups.flatMap((group, index) => printGroup(group, `set${index + 1}`)),
    ...rules.requiredOneofs.flatMap((oneof) => [
      `if (message.${oneof.localName} === undefined)`,
      `  found.add(${fields}.${oneof.name}, "required", ${JSON.stringify(oneofText(oneof.fields))});`,
    ]),
  ];
}

/** Whether the check of a message says anything about a field. */
export function isFieldChecked(
  message: DescMessage,
  field: DescField,
  messages: CheckedMessages,
): boolean {
  const rules = messages.rulesOf(message).fields.get(field);
  return (
    (rules !== undefined && hasRules(rules)) || messages.checkedIn(message, field) !== undefined
  );
}

function oneofText(fields: readonly DescField[]): string {
  return `is required: ${fields.map(({ name }) => name).join(" or ")}`;
}

function printField(
  message: DescMessage,
  field: DescField,
  rules: FieldRules,
  fields: string,
  context: FunctionContext,
): string[] {
  if (!isFieldChecked(message, field, context.messages)) return [];
  const access = accessField(field);
  const place = `${fields}.${field.name}`;
  const inner = rules.ignore === "always" ? [] : printInner(message, field, rules, place, context);
  const guarded = access.tracksPresence || rules.ignore === "zero";
  const lines = guarded ? inside(access.isSet, inner) : inner;
  if (!rules.required || access.isSet === undefined) return lines;
  const missing = `found.add(${place}, "required", "is required");`;
  const isUnset = access.isSet.endsWith("!== undefined")
    ? access.isSet.replace("!==", "===")
    : `!(${access.isSet})`;
  if (inner.length === 0) return [`if (${isUnset}) ${missing}`];
  return [`if (${isUnset}) ${missing}`, "else {", ...indented(inner), "}"];
}

function printInner(
  message: DescMessage,
  field: DescField,
  rules: FieldRules,
  place: string,
  context: FunctionContext,
): string[] {
  const { value } = accessField(field);
  const nested = context.messages.checkedIn(message, field);
  if (field.fieldKind === "list") {
    const own = { value, size: `${value}.length`, field: place };
    return [
      ...printRules(rules, own, context),
      ...printItems(field, rules.items, nested, place, context),
    ];
  }
  if (field.fieldKind === "map") {
    const own = { value, size: mapSize(field), field: place };
    return [
      ...printRules(rules, own, context),
      ...printPairs(field, rules, nested, place, context),
    ];
  }
  return [
    ...(nested === undefined ? [] : printNested(nested, value, `${place}`, context)),
    ...printRules(rules, { value: ruledValue(field, value), size: `${value}.length`, field: place }, context),
  ];
}

/** Rules of a `google.protobuf.Any` are about its type. */
function ruledValue(field: DescField, value: string): string {
  return field.message?.typeName === "google.protobuf.Any" ? `${value}.typeUrl` : value;
}

function printRules({ rules }: ValueRules, checked: Checked, context: CheckContext): string[] {
  return rules.flatMap((rule) => {
    // Enums are unions of literals, which cannot be compared with other numbers.
    const value = rule.id.startsWith("enum.") ? `(${checked.value} as number)` : checked.value;
    const forKey = checked.forKey === true ? ", true" : "";
    return [
      `if (${brokenWhen(rule, value, checked.size, context)})`,
      `  found.add(${checked.field}, ${ruleId(rule, value)}, ${JSON.stringify(describeRule(rule))}${forKey});`,
    ];
  });
}

function printNested(
  nested: DescMessage,
  value: string,
  place: string,
  { imports }: CheckContext,
): string[] {
  // A message is only looked at where it is set, so that these are in a block of their own.
  return [
    "const before = found.kept;",
    `${imports.check(nested)}(${value}, found);`,
    `if (found.kept !== before) found.within(before, ${place});`,
  ];
}

function printItems(
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
    "  const before = found.kept;",
    ...indented(lines),
    `  if (found.kept !== before) found.within(before, ${place}, index);`,
    "}",
  ];
}

function printPairs(
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
  const lines = [...keyLines, ...printValue(field, "value", values, nested, context)];
  if (lines.length === 0) return [];
  const pairs = form === "map" ? value : `Object.entries(${value})`;
  const usesValue = lines.some((line) => /\bvalue\b/.test(line));
  const names = `${form === "numbers" ? "text" : "key"}${usesValue ? ", value" : ""}`;
  return [
    `for (const [${names}] of ${pairs}) {`,
    ...(form === "numbers" ? [`  const key = ${key};`] : []),
    "  const before = found.kept;",
    ...indented(lines),
    `  if (found.kept !== before) found.within(before, ${place}, { key });`,
    "}",
  ];
}

function isNotZeroKey(field: DescField): string | undefined {
  if (field.fieldKind !== "map") return undefined;
  return isNotZero({ kind: "scalar", scalar: field.mapKey }, "key");
}

/** The checks of an item of a list or a value of a map, called `name`. */
function printValue(
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

function printGroup({ fields, required }: FieldGroup, name: string): string[] {
  const names = fields.map((field) => field.name).join(", ");
  const counted = fields.map((field) => `Number(${accessField(field).isSet ?? "true"})`);
  return [
    `const ${name} = ${counted.join(" + ")};`,
    `if (${name} > 1) found.add(undefined, "message.oneof", ${JSON.stringify(`may have one of ${names} only`)});`,
    ...(required
      ? [
          `if (${name} === 0) found.add(undefined, "message.oneof", ${JSON.stringify(`must have one of ${names}`)});`,
        ]
      : []),
  ];
}

/** The lines, where a condition holds. */
function inside(condition: string | undefined, lines: readonly string[]): string[] {
  if (condition === undefined || lines.length === 0) return [...lines];
  return [`if (${condition}) {`, ...indented(lines), "}"];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
