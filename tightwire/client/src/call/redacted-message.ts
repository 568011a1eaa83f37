import type { MethodDefinition } from "@tightwire/core";
import { type MarkedValues, redactorFor, type Status, StatusNumber } from "@tightwire/core/runtime";

/**
 * The message of a call's status for observers: without the values of redacted fields of its
 * request, and without `marked`, those of the messages of a stream.
 */
export function redactedMessage(
  { method, request }: { readonly method: MethodDefinition; readonly request: unknown },
  marked: MarkedValues | undefined,
  { code, message }: Status,
): string {
  if (code === StatusNumber.OK) return message;
  try {
    return redactorFor(method.redacted.request, request, marked)(message);
  } catch {
    // A getter of the caller's request threw: what it hides is not known.
    return "the status message cannot be redacted";
  }
}
