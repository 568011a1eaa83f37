import type { DescField, DescMessage, Registry } from "@bufbuild/protobuf";
import { type FieldRules, type MessageRules, readMessageRules } from "@tightwire/contract";

/** Reads the `buf.validate` rules of messages and fields, each once. */
export interface RuleReader {
  message(message: DescMessage): MessageRules;
  /** Undefined for an extension, which no message lists. */
  field(field: DescField): FieldRules | undefined;
}

/** Makes a {@link RuleReader}. Faults of the rules are told when code is generated, not here. */
export function createRuleReader(registry: Registry): RuleReader {
  const read = new Map<DescMessage, MessageRules>();
  const message = (desc: DescMessage): MessageRules => {
    const rules = read.get(desc) ?? readMessageRules(registry, desc, []);
    read.set(desc, rules);
    return rules;
  };
  return { message, field: (field) => message(field.parent).fields.get(field) };
}
