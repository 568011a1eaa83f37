import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { type FieldGroup, type FieldRules, fieldName, hasRules } from "@tightwire/contract";
import type { CheckContext } from "./check-context.js";
import type { CheckedMessages } from "./checked-messages.js";
import { printItems, printPairs } from "./container-checks.js";
import { accessField, mapSize } from "./field-access.js";
import { indented, inside, placed, printRules, ruledValue } from "./value-checks.js";

/** What printing the check of a message needs. */
export interface FunctionContext extends CheckContext {
  readonly messages: CheckedMessages;
}

/** Prints the body of the function that checks a message; `fields` holds its fields. */
export function printChecks(
  message: DescMessage,
  fields: string,
  context: FunctionContext,
): string[] {
  const rules = context.messages.rulesOf(message);
  return [
    ...message.fields.flatMap((field) => {
      const own = rules.fields.get(field);
      return own === undefined ? [] : printField(message, field, own, fields, context);
    }),
    ...rules.groups.flatMap((group, index) => printGroup(group, `set${index + 1}`)),
    ...rules.requiredOneofs.flatMap((oneof) => [
      `if (message.${fieldName(oneof.name)} === undefined)`,
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
  const isUnset = /^[\w.]+ !== undefined$/.test(access.isSet)
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
    ...(nested === undefined ? [] : printNested(nested, value, place, context)),
    ...printRules(
      rules,
      { value: ruledValue(field, value), size: `${value}.length`, field: place },
      context,
    ),
  ];
}

function printNested(
  nested: DescMessage,
  value: string,
  place: string,
  { imports }: CheckContext,
): string[] {
  // A message is only looked at where it is set, so that these are in a block of their own.
  return placed([`${imports.check(nested)}(${value}, found);`], place);
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
