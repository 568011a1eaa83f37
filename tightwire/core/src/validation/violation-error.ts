import { detail } from "../detail.js";
import { RpcError } from "../error.js";
import { BadRequest } from "../gen/google/rpc/error_details.js";
import { formatFieldPath } from "./field-path.js";
import type { ValidationResult } from "./validate.js";
import type { Violation } from "./violations.js";

/**
 * The INVALID_ARGUMENT error of a message that breaks rules: its text names the first, and a
 * `BadRequest` detail has those that fit, each with its field path and, as `reason`, the rule's id
 * in the form that google.rpc prescribes (`STRING_MIN_LEN`). `what` names the message: "the request
 * of /a.B/C".
 */
export function violationError(what: string, result: ValidationResult): RpcError {
  return new RpcError("invalid_argument", violationText(what, result), {
    details: [badRequestOf(result)],
  });
}

/** `the request of /a.B/C is not valid: name must have at least 1 character (and 2 more)` */
export function violationText(what: string, { violations, count }: ValidationResult): string {
  const [first] = violations;
  if (first === undefined) return `${what} is not valid`;
  const more = count === 1 ? "" : ` (and ${count - 1} more)`;
  return `${what} is not valid: ${subjectOf(first)} ${first.message}${more}`;
}

/**
 * How many characters the violations of a detail have together. In base64 they then stay below the
 * 8 KiB that peers in other languages accept of all trailers.
 */
const MAX_DETAIL_LENGTH = 5_000;

function badRequestOf({ violations }: ValidationResult): ReturnType<typeof detail> {
  const fieldViolations: { field: string; description: string; reason: string }[] = [];
  let length = 0;
  for (const { path, forKey, message, rule } of violations) {
    const one = {
      field: formatFieldPath(path),
      description: forKey ? `the key ${message}` : message,
      reason: rule.toUpperCase().replaceAll(".", "_"),
    };
    length += one.field.length + one.description.length + one.reason.length;
    if (length > MAX_DETAIL_LENGTH && fieldViolations.length > 0) break;
    fieldViolations.push(one);
  }
  return detail(BadRequest, { fieldViolations });
}

function subjectOf({ path, forKey }: Violation): string {
  // It may be logged, and a key may be something that must not be.
  const place = path.length === 0 ? "the message" : formatFieldPath(path, { keys: false });
  return forKey ? `the key of ${place}` : place;
}
