import type { DescField, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { describeRule } from "../validation/describe-rule.js";
import { type MessageRules, readMessageRules } from "../validation/message-rules.js";
import type { FieldRules, ValueRules } from "../validation/rule.js";
import type { BreakingChange } from "./breaking-change.js";
import { isTightened } from "./rule-changes.js";

interface MessageVersion {
  readonly registry: FileRegistry;
  readonly message: DescMessage;
}

/**
 * Finds rules that refuse messages which kept all rules before: new ones, tighter ones, and those
 * of new fields that callers of before do not set.
 */
export function compareMessages(before: MessageVersion, now: MessageVersion): BreakingChange[] {
  const old = readMessageRules(before.registry, before.message, []);
  const rules = readMessageRules(now.registry, now.message, []);
  return [
    ...now.message.fields.flatMap((field) => {
      const current = rules.fields.get(field);
      if (current === undefined) return [];
      const earlier = before.message.fields.find(({ number }) => number === field.number);
      const texts =
        earlier === undefined
          ? refusalsOfUnset(field, current)
          : tightened(old.fields.get(earlier), current);
      return texts.map((text): BreakingChange => ({ kind: "RULE_TIGHTENED", desc: field, text }));
    }),
    ...newlyRequired(old, rules),
    ...newGroups(old, rules, now.message),
  ];
}

/** What a new field refuses when it is not set, as by callers that do not know it. */
function refusalsOfUnset(field: DescField, { required, ignore, rules }: FieldRules): string[] {
  if (ignore !== "unset") return [];
  if (required) return ["is new and required"];
  const always = field.presence === Presence.IMPLICIT && field.message === undefined;
  return always && rules.length > 0 ? ["is new and has rules that hold when it is not set"] : [];
}

function tightened(before: FieldRules | undefined, now: FieldRules): string[] {
  const required = now.required && before?.required !== true ? ["is required now"] : [];
  return [...required, ...tightenedValue(before, now)];
}

function tightenedValue(before: ValueRules | undefined, now: ValueRules): string[] {
  if (now.ignore === "always") return [];
  // What did not hold for some values holds for them now.
  const old = before?.ignore === now.ignore || before?.ignore === "unset" ? before : undefined;
  return [
    ...now.rules
      .filter((rule) => isTightened(rule, old?.rules ?? []))
      .map((rule) => `${describeRule(rule)} now`),
    ...(now.items === undefined ? [] : tightenedValue(before?.items, now.items)),
    ...(now.keys === undefined ? [] : tightenedValue(before?.keys, now.keys)),
    ...(now.values === undefined ? [] : tightenedValue(before?.values, now.values)),
  ];
}

function newlyRequired(before: MessageRules, now: MessageRules): BreakingChange[] {
  const names = new Set(before.requiredOneofs.map(({ name }) => name));
  return now.requiredOneofs
    .filter(({ name }) => !names.has(name))
    .map((desc) => ({ kind: "RULE_TIGHTENED", desc, text: "is required now" }));
}

function newGroups(
  before: MessageRules,
  now: MessageRules,
  message: DescMessage,
): BreakingChange[] {
  const nameOf = ({ fields, required }: MessageRules["groups"][number]): string =>
    `${fields.map(({ name }) => name).join(", ")}${required ? ", one of them required" : ""}`;
  const names = new Set(before.groups.map(nameOf));
  return now.groups
    .filter((group) => !names.has(nameOf(group)))
    .map((group) => ({
      kind: "RULE_TIGHTENED",
      desc: message,
      text: `has a new group of fields: ${nameOf(group)}`,
    }));
}
