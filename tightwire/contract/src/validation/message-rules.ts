import type { DescField, DescMessage, DescOneof, Registry } from "@bufbuild/protobuf";
import type { Fault } from "../fault.js";
import { tryReadOption } from "../option.js";
import { readFieldRules } from "./field-rules.js";
import type { FieldRules } from "./rule.js";
import { RuleContext } from "./rule-context.js";

/** Fields of which at most one may be set. */
export interface FieldGroup {
  readonly fields: readonly DescField[];
  /** Whether one must be. */
  readonly required: boolean;
}

/** The rules of a message's own fields, and of the message as a whole. */
export interface MessageRules {
  readonly fields: ReadonlyMap<DescField, FieldRules>;
  readonly groups: readonly FieldGroup[];
  /** Oneofs of which a field must be set. */
  readonly requiredOneofs: readonly DescOneof[];
}

/**
 * Reads the `buf.validate` rules of a message. Adds what is wrong with them to `faults`, and never
 * throws for what a contract says.
 */
export function readMessageRules(
  registry: Registry,
  message: DescMessage,
  faults: Fault[],
): MessageRules {
  const groups = readGroups(registry, message, faults);
  const grouped = new Set(groups.flatMap(({ fields }) => fields));
  const fields = new Map(
    message.fields.map((field) => [
      field,
      readFieldRules(registry, field, grouped.has(field) ? "zero" : "unset", faults),
    ]),
  );
  const requiredOneofs = message.oneofs.filter((oneof) => isRequired(registry, oneof, faults));
  return { fields, groups, requiredOneofs };
}

/** The fields of which at most one may be set: those of its oneofs and groups. */
export function exclusiveFields(
  message: DescMessage,
  { groups, requiredOneofs }: MessageRules,
): readonly FieldGroup[] {
  const oneofs = message.oneofs.map((oneof) => ({
    fields: oneof.fields,
    required: requiredOneofs.includes(oneof),
  }));
  return [...oneofs, ...groups];
}

/** Whether a message has rules of its own, those of nested messages aside. */
export function hasOwnRules({ fields, groups, requiredOneofs }: MessageRules): boolean {
  return groups.length > 0 || requiredOneofs.length > 0 || [...fields.values()].some(hasRules);
}

/** Whether a field has rules that can be broken. */
export function hasRules({ required, ignore, rules, items, keys, values }: FieldRules): boolean {
  if (ignore === "always") return false;
  const inner = [items, keys, values].some(
    (one) => one !== undefined && one.ignore !== "always" && one.rules.length > 0,
  );
  return required || rules.length > 0 || inner;
}

function isRequired(registry: Registry, oneof: DescOneof, faults: Fault[]): boolean {
  const option = tryReadOption(registry, oneof, "buf.validate.oneof", faults);
  if (option === undefined) return false;
  return new RuleContext(oneof, option.message, option.path, faults).get("required") === true;
}

function readGroups(registry: Registry, message: DescMessage, faults: Fault[]): FieldGroup[] {
  const option = tryReadOption(registry, message, "buf.validate.message", faults);
  if (option === undefined) return [];
  const context = new RuleContext(message, option.message, option.path, faults);
  context.refuseCel();
  return context.nestedList("oneof").map((group) => readGroup(message, group));
}

function readGroup(message: DescMessage, context: RuleContext): FieldGroup {
  const names = context.list("fields").map(String);
  if (names.length === 0) context.report("`oneof` must name a field");
  const fields = names.flatMap((name, index) => {
    if (names.indexOf(name) !== index) context.report(`\`oneof\` names ${name} twice`, "fields");
    const field = message.fields.find((one) => one.name === name);
    if (field === undefined)
      context.report(`\`oneof\` names ${name}, which is no field of the message`, "fields");
    return field ?? [];
  });
  return { fields, required: context.get("required") === true };
}
