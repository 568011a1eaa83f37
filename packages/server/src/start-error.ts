/**
 * A problem that the person who starts the process has to fix: a variable, a port, a folder. The
 * message is one sentence that names it. The process prints it and exits with 1.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The `code` of a Node or PostgreSQL error ("EACCES", "28P01"), or undefined. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
