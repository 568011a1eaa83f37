import type { DescField, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { type Fault, hasOwnRules, type MessageRules, readMessageRules } from "@tightwire/contract";
import { findUnsafePatterns } from "@tightwire/contract/lint";

/** The rules of all messages of a contract, each read once. */
export class CheckedMessages {
  readonly #registry: FileRegistry;
  readonly #rules = new Map<DescMessage, MessageRules>();
  readonly #checked = new Map<DescMessage, boolean>();
  readonly #faults = new Map<DescMessage, Fault[]>();

  constructor(registry: FileRegistry) {
    this.#registry = registry;
  }

  /** What is wrong with the rules of a message. */
  faultsOf(message: DescMessage): readonly Fault[] {
    this.rulesOf(message);
    return this.#faults.get(message) ?? [];
  }

  rulesOf(message: DescMessage): MessageRules {
    const known = this.#rules.get(message);
    if (known !== undefined) return known;
    const faults: Fault[] = [];
    const rules = readMessageRules(this.#registry, message, faults);
    faults.push(...findUnsafePatterns(rules));
    this.#rules.set(message, rules);
    this.#faults.set(message, faults);
    return rules;
  }

  /** Whether a message has rules, or a message that it may hold does. */
  isChecked(message: DescMessage): boolean {
    const known = this.#checked.get(message);
    if (known !== undefined) return known;
    const reached = this.#reach(message);
    const checked = [...reached].some((one) => hasOwnRules(this.rulesOf(one)));
    this.#checked.set(message, checked);
    return checked;
  }

  /** The message that a field holds, when it is one that is checked. */
  checkedIn(message: DescMessage, field: DescField): DescMessage | undefined {
    if (field.message === undefined || this.#skips(message, field)) return undefined;
    return this.isChecked(field.message) ? field.message : undefined;
  }

  #skips(message: DescMessage, field: DescField): boolean {
    const rules = this.rulesOf(message).fields.get(field);
    return (
      rules?.ignore === "always" ||
      rules?.items?.ignore === "always" ||
      rules?.values?.ignore === "always"
    );
  }

  /** The message and all that it may hold. */
  #reach(message: DescMessage): ReadonlySet<DescMessage> {
    const reached = new Set([message]);
    for (const one of reached) // grows while it is walked
      for (const field of one.fields)
        if (field.message !== undefined && !this.#skips(one, field)) reached.add(field.message);
    return reached;
  }
}
