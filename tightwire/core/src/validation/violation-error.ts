import { detail } from "../detail.js";
import { RpcError, type RpcErrorOptions } from "../error.js";
import { BadRequest } from "../gen/google/rpc/error_details.js";
import type { StatusCode } from "../status.js";
import { formatFieldPath } from "./field-path.js";
import type { ValidationResult } from "./validate.js";
import type { Violation } from "./violations.js";

/**
 * The error of a message that breaks rules: its text names the first, and a `BadRequest` detail has
 * all that are kept, each with its field path and, as `reason`, the rule's id in the form that
 * google.rpc prescribes (`STRING_MIN_LEN`). `what` names the message: "the request of /a.B/C".
 */
export function violationError(
  code: StatusCode,
  what: string,
  result: ValidationResult,
  options: RpcErrorOptions = {},
): RpcError {
  return new RpcError(code, violationText(what, result), {
    ...options,
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

function badRequestOf({ violations }: ValidationResult): ReturnType<typeof detail> {
  return detail(BadRequest, {
    fieldViolations: violations.map((violation) => ({
      field: formatFieldPath(violation.path),
      description: violation.forKey ? `the key ${violation.message}` : violation.message,
      reason: violation.rule.toUpperCase().replaceAll(".", "_"),
    })),
  });
}

function subjectOf({ path, forKey }: Violation): string {
  const place = path.length === 0 ? "the message" : formatFieldPath(path);
  return forKey ? `the key of ${place}` : place;
}
