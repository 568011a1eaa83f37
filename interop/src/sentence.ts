/** What went wrong, on one line: an AssertionError puts both values on lines of their own. */
export function sentenceOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, "; ");
}
