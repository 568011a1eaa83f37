import { pathToString } from "@bufbuild/protobuf/reflect";
import type { ValidationResult } from "@bufbuild/protovalidate";
import { formatFieldPath, Violations } from "@tightwire/core/validation";

/** A violation as a line: `texts.min_len string.min_len`, with `key` behind that of a map's key. */
export function violationLine(field: string, rule: string, forKey: boolean): string {
  return `${field} ${rule}${forKey ? " key" : ""}`;
}

/** What a generated check finds in a message, in lines, sorted. */
export function linesOf(check: (found: Violations) => void): string[] {
  const found = new Violations(() => Date.now(), Number.POSITIVE_INFINITY);
  check(found);
  return found.list
    .map(({ path, rule, forKey }) => violationLine(formatFieldPath(path), rule, forKey))
    .sort();
}

/** What protovalidate's library found, in lines, sorted. Throws its error. */
export function linesOfLibrary(result: ValidationResult): string[] {
  if (result.kind === "error") throw result.error;
  return (result.violations ?? [])
    .map(({ field, ruleId, forKey }) => violationLine(pathToString(field), ruleId, forKey))
    .sort();
}
