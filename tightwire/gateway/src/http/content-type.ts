/**
 * Whether a `content-type` header, without its parameters, is `type`. `type` is in lower case.
 */
export function isOfType(header: string | undefined, type: string): boolean {
  return header === type || header?.split(";", 1)[0]?.trim().toLowerCase() === type;
}
