/** A moment or a length of time: `google.protobuf.Timestamp` or `Duration`. */
export interface TimeValue {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** A value that a rule compares with. */
export type RuleValue = number | bigint | string | boolean | Uint8Array | TimeValue;

/** One end of a range. */
export interface RangeEnd {
  readonly value: RuleValue;
  /** Whether the value itself is outside. */
  readonly exclusive: boolean;
}

/** What a format asks of a value, by the name of its rule: `email`, `ipv4_prefix`. */
export interface FormatRule {
  readonly kind: "format";
  readonly id: string;
  readonly format: string;
}

/**
 * A rule that a value must keep, as plain data. `id` is the name that protovalidate gave it:
 * `string.min_len`.
 */
export type Rule =
  | { readonly kind: "const"; readonly id: string; readonly value: RuleValue }
  | {
      readonly kind: "in" | "not_in";
      readonly id: string;
      readonly values: readonly RuleValue[];
    }
  | {
      readonly kind: "range";
      readonly id: string;
      readonly lower?: RangeEnd;
      readonly upper?: RangeEnd;
      /** The ends are the wrong way round: values between them are refused, all others pass. */
      readonly outside: boolean;
    }
  | { readonly kind: "finite"; readonly id: string }
  | {
      readonly kind: "size";
      readonly id: string;
      readonly unit: "character" | "byte" | "item" | "pair";
      readonly compare: "exactly" | "least" | "most";
      readonly size: number;
    }
  | {
      readonly kind: "pattern";
      readonly id: string;
      /** In the syntax of RE2, as the contract has it. */
      readonly pattern: string;
      /** The same as a JavaScript pattern with the flag `u` and the others in `flags`. */
      readonly source: string;
      readonly flags: string;
    }
  | {
      readonly kind: "prefix" | "suffix" | "contains" | "not_contains";
      readonly id: string;
      readonly value: string | Uint8Array;
    }
  | FormatRule
  | { readonly kind: "defined_only"; readonly id: string; readonly numbers: readonly number[] }
  | { readonly kind: "unique"; readonly id: string }
  | { readonly kind: "now"; readonly id: string; readonly side: "before" | "after" }
  | { readonly kind: "within"; readonly id: string; readonly distance: TimeValue }
  | {
      readonly kind: "paths";
      readonly id: string;
      readonly compare: "const" | "in" | "not_in";
      readonly paths: readonly string[];
    };

/** When the rules of a value do not hold: when it is not set, when it is zero, or never. */
export type Ignore = "unset" | "zero" | "always";

/** The rules of a value: of a field, an item, a key or a pair's value. */
export interface ValueRules {
  readonly ignore: Ignore;
  readonly rules: readonly Rule[];
  /** Of the items of a list. */
  readonly items?: ValueRules;
  /** Of the keys of a map. */
  readonly keys?: ValueRules;
  /** Of the values of a map. */
  readonly values?: ValueRules;
}

/** The rules of a field. */
export interface FieldRules extends ValueRules {
  readonly required: boolean;
}
