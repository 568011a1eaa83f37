/**
 * Whether a `content-type` header, parameters aside, is this type, which is given in lower case.
 */
export function isOfType(header: string | undefined, type: string): boolean {
  return header === type || header?.split(";", 1)[0]?.trim().toLowerCase() === type;
}
