import type { DescField, Registry } from "@bufbuild/protobuf";
import { createFault, type Fault } from "../fault.js";
import { tryReadOption } from "../option.js";
import { readNumericRules } from "./numeric-rules.js";
import { readAnyRules, readBoolRules, readEnumRules, readFieldMaskRules } from "./other-rules.js";
import type { FieldRules, Ignore, Rule, ValueRules } from "./rule.js";
import { RuleContext } from "./rule-context.js";
import { ruleTypeOf, type ValueType, valueTypeOf } from "./rule-type.js";
import { reportContradictions } from "./shared-rules.js";
import { readSizes } from "./size-rules.js";
import { readBytesRules, readStringRules } from "./string-rules.js";
import { readDurationRules, readTimestampRules } from "./time-rules.js";
import { tracksPresence } from "./tracks-presence.js";

const IGNORES: readonly (Ignore | undefined)[] = ["unset", "zero", undefined, "always"];
const TYPES: ReadonlySet<string> = new Set([
  ...["float", "double", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32"],
  ...["fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes", "enum", "repeated", "map"],
  ...["any", "duration", "field_mask", "timestamp"],
]);

/** No rules. */
export const NO_RULES: FieldRules = { required: false, ignore: "unset", rules: [] };

/**
 * Reads the `buf.validate.field` rules of a field. `ignore` holds when the field has none of its
 * own. Adds what is wrong with them to `faults`, and never throws for what a contract says.
 */
export function readFieldRules(
  registry: Registry,
  field: DescField,
  ignore: Ignore,
  faults: Fault[],
): FieldRules {
  const option = tryReadOption(registry, field, "buf.validate.field", faults);
  if (tryReadOption(registry, field, "buf.validate.predefined", faults) !== undefined)
    faults.push(createFault(field, [], PREDEFINED));
  if (option === undefined) return { ...NO_RULES, ignore };
  const context = new RuleContext(field, option.message, option.path, faults);
  const read = readValueRules(context, typeOf(field), ignore);
  // A field that tracks presence keeps its rules with a zero value, too.
  const own: ValueRules =
    read.ignore === "zero" && tracksPresence(field) ? { ...read, ignore: "unset" } : read;
  // IGNORE_ALWAYS turns off every rule of the field, `required`, too.
  const required = context.get("required") === true && own.ignore !== "always";
  return { ...own, required };
}

const PREDEFINED = "defines a predefined rule, which needs CEL; use standard rules";

type Container =
  | ValueType
  | { readonly kind: "repeated"; readonly field: DescField }
  | { readonly kind: "map"; readonly field: DescField };

function typeOf(field: DescField): Container {
  if (field.fieldKind === "list") return { kind: "repeated", field };
  return field.fieldKind === "map" ? { kind: "map", field } : valueTypeOf(field);
}

function readValueRules(context: RuleContext, type: Container, unset: Ignore): ValueRules {
  context.refuseCel();
  const number = context.get("ignore");
  const ignore = number === undefined ? unset : (IGNORES[Number(number)] ?? "unset");
  const expected = type.kind === "repeated" || type.kind === "map" ? type.kind : ruleTypeOf(type);
  for (const name of context.names)
    if (TYPES.has(name) && name !== expected)
      context.report(
        `has \`${name}\` rules; ${expected === undefined ? "a message of this type has none" : `its type takes \`${expected}\` rules`}`,
        name,
      );
  const own = expected === undefined ? undefined : context.nested(expected);
  if (own === undefined || expected === undefined) return { ignore, rules: [] };
  if (own.hasUnknown) own.report("uses a predefined rule, which needs CEL; use standard rules");
  if (type.kind === "repeated") return { ignore, ...readListRules(own, type.field) };
  if (type.kind === "map") return { ignore, ...readMapRules(own, type.field) };
  const rules = readTypeRules(expected, type, own);
  reportContradictions(rules, own);
  return { ignore, rules };
}

function readTypeRules(name: string, type: ValueType, context: RuleContext): Rule[] {
  switch (name) {
    case "string":
      return readStringRules(context);
    case "bytes":
      return readBytesRules(context);
    case "bool":
      return readBoolRules(context);
    case "enum":
      return type.kind === "enum" ? readEnumRules(type.desc, context) : [];
    case "any":
      return readAnyRules(context);
    case "field_mask":
      return readFieldMaskRules(context);
    case "duration":
      return readDurationRules(context);
    case "timestamp":
      return readTimestampRules(context);
    default:
      return readNumericRules(name, context);
  }
}

function readListRules(context: RuleContext, field: DescField): Omit<ValueRules, "ignore"> {
  const sizes = { least: "min_items", most: "max_items" };
  const rules = readSizes("repeated", "item", sizes, context);
  const items = context.nested("items");
  if (context.get("unique") === true) {
    if (field.message !== undefined)
      context.report("`unique` compares scalars and enums, not messages", "unique");
    rules.push({ kind: "unique", id: "repeated.unique" });
  }
  if (items === undefined) return { rules };
  return { rules, items: readValueRules(items, valueTypeOf(field), "unset") };
}

function readMapRules(context: RuleContext, field: DescField): Omit<ValueRules, "ignore"> {
  const rules = readSizes("map", "pair", { least: "min_pairs", most: "max_pairs" }, context);
  const keys = context.nested("keys");
  const values = context.nested("values");
  const keyType = field.fieldKind === "map" ? field.mapKey : undefined;
  return {
    rules,
    ...(keys === undefined || keyType === undefined
      ? {}
      : { keys: readValueRules(keys, { kind: "scalar", scalar: keyType }, "unset") }),
    ...(values === undefined
      ? {}
      : { values: readValueRules(values, valueTypeOf(field), "unset") }),
  };
}
