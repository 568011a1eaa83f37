import type { DescField, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { describeRule } from "../validation/describe-rule.js";
import {
  type FieldGroup,
  type MessageRules,
  readMessageRules,
} from "../validation/message-rules.js";
import type { FieldRules, ValueRules } from "../validation/rule.js";
import { tracksPresence } from "../validation/tracks-presence.js";
import type { BreakingChange } from "./breaking-change.js";
import { isTightened, refusesZero } from "./rule-changes.js";

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
          : tightened(field, old.fields.get(earlier), current);
      return texts.map((text): BreakingChange => ({ kind: "RULE_TIGHTENED", desc: field, text }));
    }),
    ...newlyRequired(old, rules),
    ...newGroups(old, rules, now.message),
  ];
}

/** What a new field refuses when it is not set, as by callers that do not know it. */
function refusalsOfUnset(field: DescField, { required, ignore, rules }: FieldRules): string[] {
  if (ignore === "always") return [];
  if (required) return ["is new and required"];
  if (ignore === "zero" || tracksPresence(field)) return [];
  return rules
    .filter((rule) => refusesZero(rule, field))
    .map((rule) => `is new, and ${describeRule(rule)} when it is not set`);
}

function tightened(field: DescField, before: FieldRules | undefined, now: FieldRules): string[] {
  if (now.ignore === "always") return [];
  // Nothing held for a field that was ignored, nor for what was in its messages.
  const old = before?.ignore === "always" ? undefined : before;
  const checked =
    before?.ignore === "always" && field.message !== undefined ? ["is checked now"] : [];
  const required = now.required && old?.required !== true ? ["is required now"] : [];
  return [...checked, ...required, ...tightenedValue(old, now)];
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
  return now.groups
    .filter((group) => !before.groups.some((old) => allowsGroup(group, old)))
    .map(({ fields, required }) => ({
      kind: "RULE_TIGHTENED",
      desc: message,
      text: `may have one of ${fields.map(({ name }) => name).join(", ")} only${required ? ", and must have one" : ""} now`,
    }));
}

/** Whether a group lets pass all that an earlier one did: fewer fields, and no more required. */
function allowsGroup(now: FieldGroup, old: FieldGroup): boolean {
  const earlier = new Set(old.fields.map(({ name }) => name));
  const all = now.fields.every(({ name }) => earlier.has(name));
  return all && (!now.required || (old.required && now.fields.length === earlier.size));
}
