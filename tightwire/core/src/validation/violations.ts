import type { Field, PathStep } from "./field-path.js";

/** A rule of a contract that a message breaks. */
export interface Violation {
  /** Leads from the message to the value; empty for a rule of the message as a whole. */
  readonly path: readonly PathStep[];
  /** The rule, by the name that protovalidate gave it: `string.min_len`. */
  readonly rule: string;
  /** What the value must be; continues a sentence that starts with the path. */
  readonly message: string;
  /** Whether the key of a map breaks it, not its value. */
  readonly forKey: boolean;
}

/** How many violations of one message are kept by default. Further ones are only counted. */
export const MAX_VIOLATIONS = 100;

/** A violation whose path still grows. */
interface Found extends Violation {
  readonly path: PathStep[];
}

/**
 * Collects the rules that a message breaks. Generated code fills it from the inside out: it checks
 * a nested message, and when that added violations, puts the field before their paths ({@link
 * Violations.within}). So a message that keeps its rules costs no path.
 */
export class Violations {
  /** How many were found, those that are not kept included. */
  count = 0;
  /** How many are kept. */
  kept = 0;
  readonly #found: Found[] = [];
  readonly #wallTime: () => number;
  readonly #most: number;

  /**
   * `wallTime` tells milliseconds since 1970, for rules that depend on the moment. At most `most`
   * violations are kept.
   */
  constructor(wallTime: () => number, most: number = MAX_VIOLATIONS) {
    this.#wallTime = wallTime;
    this.#most = most;
  }

  get list(): readonly Violation[] {
    return this.#found;
  }

  /** The moment of the check, in milliseconds since 1970. */
  get now(): number {
    return this.#wallTime();
  }

  /** Notes that a field, or with `undefined` the value checked, breaks a rule. */
  add(field: Field | undefined, rule: string, message: string, forKey = false): void {
    this.count++;
    if (this.kept === this.#most) return;
    this.kept++;
    this.#found.push({ path: field === undefined ? [] : [field], rule, message, forKey });
  }

  /** Puts steps before the paths of all that are kept since there were `from`. */
  within(from: number, ...steps: readonly PathStep[]): void {
    for (const { path } of this.#found.slice(from)) path.unshift(...steps);
  }
}

/** Adds to `found` the rules that a message breaks. Generated for messages that have rules. */
export type Check<T> = (message: T, found: Violations) => void;
