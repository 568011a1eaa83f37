import type { Clock } from "../clock.js";
import { type Check, type Violation, Violations } from "./violations.js";

/** What is wrong with a message: what is kept of it, and how much there was. */
export interface ValidationResult {
  /** At least one, at most 100. */
  readonly violations: readonly Violation[];
  /** How many there were, those that are not kept included. */
  readonly count: number;
}

/** A collector that is empty, for the next check with the same clock. */
let spare: { readonly found: Violations; readonly clock: Clock } | undefined;

/** The rules that a message breaks; undefined when it keeps all. */
export function validate<T>(
  check: Check<T>,
  message: T,
  clock: Clock,
): ValidationResult | undefined {
  const own = spare?.clock === clock ? spare : { found: emptyViolations(clock), clock };
  spare = undefined; // should the check throw, its collector is not used again
  const { found } = own;
  check(message, found);
  if (found.count === 0) {
    spare = own;
    return undefined;
  }
  return { violations: found.list, count: found.count };
}

function emptyViolations(clock: Clock): Violations {
  return new Violations(() => clock.wallTime());
}
