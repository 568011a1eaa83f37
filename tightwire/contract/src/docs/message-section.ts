import { type DescField, type DescMessage, type Registry, ScalarType } from "@bufbuild/protobuf";
import { commentOf } from "../comments.js";
import { describeRule } from "../validation/describe-rule.js";
import { exclusiveFields, readMessageRules } from "../validation/message-rules.js";
import type { FieldRules, ValueRules } from "../validation/rule.js";
import { cell, table } from "./table.js";

/** The section of a message: its fields with types, rules and comments. */
export function printMessage(registry: Registry, message: DescMessage): string[] {
  const rules = readMessageRules(registry, message, []);
  const comment = commentOf(message);
  const oneofs = exclusiveFields(message, rules).map(({ fields, required }) => {
    const names = fields.map(({ name }) => `\`${name}\``).join(", ");
    return `${required ? "Exactly" : "At most"} one of ${names}.`;
  });
  return [
    `## ${message.name}`,
    ...(comment === "" ? [] : ["", comment]),
    ...oneofs.flatMap((text) => ["", text]),
    ...(message.fields.length === 0 ? [] : [""]),
    ...table(
      ["field", "type", "rules", "what it is"],
      message.fields.map((field) => [
        `\`${field.name}\``,
        cell(typeOf(field)),
        cell(describeRules(rules.fields.get(field))),
        cell(commentOf(field)),
      ]),
    ),
  ];
}

function typeOf(field: DescField): string {
  const one = field.enum?.name ?? field.message?.name ?? scalarName(field.scalar);
  if (field.fieldKind === "list") return `repeated ${one}`;
  return field.fieldKind === "map" ? `map<${scalarName(field.mapKey)}, ${one}>` : one;
}

function scalarName(scalar: ScalarType | undefined): string {
  return scalar === undefined ? "" : ScalarType[scalar].toLowerCase();
}

function describeRules(rules: FieldRules | undefined): string {
  if (rules === undefined || rules.ignore === "always") return "";
  const own = rules.required ? ["is required"] : [];
  const texts = [
    ...own,
    ...valueTexts(rules),
    ...innerTexts("each item", rules.items),
    ...innerTexts("each key", rules.keys),
    ...innerTexts("each value", rules.values),
  ];
  return `${rules.ignore === "zero" && texts.length > 0 ? "unless empty: " : ""}${texts.join("; ")}`;
}

function valueTexts({ rules }: ValueRules): string[] {
  return rules.map((rule) =>
    rule.kind === "pattern" ? `must match \`${rule.pattern}\`` : describeRule(rule),
  );
}

function innerTexts(subject: string, rules: ValueRules | undefined): string[] {
  return rules === undefined ? [] : valueTexts(rules).map((text) => `${subject} ${text}`);
}
