import type { RuleValue, TimeValue } from "./rule.js";

/** Below zero when `a` is less than `b`, zero when they are equal. Both are of the same type. */
export function compareValues(a: RuleValue, b: RuleValue): number {
  if (isTime(a) && isTime(b))
    return compareValues(a.seconds, b.seconds) || compareValues(a.nanos, b.nanos);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether two values of the same type are equal. */
export function sameValue(a: RuleValue, b: RuleValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  if (isTime(a) && isTime(b)) return compareValues(a, b) === 0;
  return a === b;
}

/** Whether a value is a moment or a length of time. */
export function isTime(value: RuleValue): value is TimeValue {
  return typeof value === "object" && !(value instanceof Uint8Array);
}
