/** How deep causes are followed. */
const MAX_CAUSES = 4;

/**
 * Type, message, stack, code and causes of an error, and nothing else: databases attach row values
 * to theirs.
 */
export function describeError(
  error: unknown,
  redact: (text: string) => string = (text) => text,
  depth = 0,
): object {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    message: redact(error.message),
    stack: redact(error.stack ?? ""),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(cause, redact, depth + 1) }),
  };
}
