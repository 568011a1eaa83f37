/** How deep causes are followed. */
const MAX_CAUSES = 4;

/** What logs say of an error. */
export interface DescribedError {
  readonly type?: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly cause?: DescribedError;
}

/**
 * Type, message, stack, code and causes of an error, and nothing else: databases attach row values
 * to theirs. Never throws, whatever was thrown.
 */
export function describeError(
  error: unknown,
  redact: (text: string) => string = (text) => text,
  depth = 0,
): DescribedError {
  try {
    return describe(error, redact, depth);
  } catch {
    return { message: "what was thrown cannot be read" };
  }
}

function describe(error: unknown, redact: (text: string) => string, depth: number): DescribedError {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: String(error.name),
    message: redact(String(error.message)),
    stack: redact(String(error.stack ?? "")),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(cause, redact, depth + 1) }),
  };
}

/** The same as text, for a terminal: the stack, and those of the causes. Never throws. */
export function errorText(error: unknown, redact?: (text: string) => string): string {
  const parts: string[] = [];
  for (
    let one: DescribedError | undefined = describeError(error, redact);
    one !== undefined;
    one = one.cause
  )
    parts.push(one.stack || one.message);
  return parts.join("\ncaused by: ");
}
