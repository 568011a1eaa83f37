import { createFault, type Fault } from "../fault.js";
import type { MessageRules } from "./message-rules.js";
import { explainUnsafePattern, patternsOf } from "./pattern-safety.js";

/** Finds the patterns in the rules of a message that could be made to run for too long. */
export function findUnsafePatterns({ fields }: MessageRules): Fault[] {
  return [...fields].flatMap(([field, rules]) =>
    patternsOf(rules).flatMap((rule) => {
      const reason = explainUnsafePattern(rule);
      return reason === undefined
        ? []
        : createFault(field, [FIELD_OPTIONS, VALIDATE_FIELD], `\`pattern\` ${reason}`);
    }),
  );
}

// Where `(buf.validate.field)` stands in a field's descriptor.
const FIELD_OPTIONS = 8;
const VALIDATE_FIELD = 1159;
