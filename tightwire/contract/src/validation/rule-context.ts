import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { ReflectList, ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "../fault.js";
import type { RuleValue, TimeValue } from "./rule.js";

/**
 * A message of rules (`StringRules`) as a contract sets it: the values of its fields, and where
 * faults go.
 */
export class RuleContext {
  readonly #desc: DescField | DescMessage | DescOneof;
  readonly #message: ReflectMessage;
  readonly #path: readonly number[];
  readonly #faults: Fault[];

  constructor(
    desc: DescField | DescMessage | DescOneof,
    message: ReflectMessage,
    path: readonly number[],
    faults: Fault[],
  ) {
    this.#desc = desc;
    this.#message = message;
    this.#path = path;
    this.#faults = faults;
  }

  /** The names of the fields that are set. */
  get names(): readonly string[] {
    return this.#message.fields
      .filter((field) => this.#message.isSet(field))
      .map(({ name }) => name);
  }

  /**
   * Whether it has fields that its schema does not know: predefined rules, which are extensions.
   */
  get hasUnknown(): boolean {
    return (this.#message.message.$unknown ?? []).length > 0;
  }

  /** The value of a field that is set; undefined when it is not. */
  get(name: string): RuleValue | undefined {
    const field = this.#field(name);
    if (field === undefined || !this.#message.isSet(field)) return undefined;
    return plainValue(this.#message.get(field));
  }

  /** The items of a list; empty when it is not set. */
  list(name: string): readonly RuleValue[] {
    const field = this.#field(name);
    if (field === undefined || field.fieldKind !== "list") return [];
    return [...(this.#message.get(field) as ReflectList)].map(plainValue);
  }

  /** A message-typed field that is set; undefined when it is not. */
  nested(name: string): RuleContext | undefined {
    const field = this.#field(name);
    if (field?.fieldKind !== "message" || !this.#message.isSet(field)) return undefined;
    const message = this.#message.get(field) as ReflectMessage;
    return new RuleContext(this.#desc, message, [...this.#path, field.number], this.#faults);
  }

  /** The messages of a list. */
  nestedList(name: string): readonly RuleContext[] {
    const field = this.#field(name);
    if (field?.fieldKind !== "list" || field.listKind !== "message") return [];
    return [...(this.#message.get(field) as ReflectList)].map(
      (message, index) =>
        new RuleContext(
          this.#desc,
          message as ReflectMessage,
          [...this.#path, field.number, index],
          this.#faults,
        ),
    );
  }

  /** Reports rules in CEL, which are not run. */
  refuseCel(): void {
    for (const name of this.names)
      if (name === "cel" || name === "cel_expression")
        this.report("has a rule in CEL, which is not run; use standard rules or the handler", name);
  }

  /** Reports a fault at one of the fields, or at the rules as a whole. */
  report(text: string, name?: string): void {
    const field = name === undefined ? undefined : this.#field(name);
    const path = field === undefined ? this.#path : [...this.#path, field.number];
    this.#faults.push(createFault(this.#desc, path, text));
  }

  #field(name: string): DescField | undefined {
    return this.#message.fields.find((field) => field.name === name);
  }
}

function plainValue(value: unknown): RuleValue {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array)
    return value as RuleValue;
  const reflected = value as ReflectMessage;
  const read = (name: string): unknown => {
    const field = reflected.fields.find((one) => one.name === name);
    return field === undefined ? undefined : reflected.get(field);
  };
  return { seconds: read("seconds"), nanos: read("nanos") } as TimeValue;
}
