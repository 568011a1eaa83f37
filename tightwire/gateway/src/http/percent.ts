import { HttpError } from "./http-error.js";

/**
 * Percent-decodes a part of a URL. Throws a 400 that names it when it is not percent-encoded UTF-8.
 */
export function decodePart(part: string, what: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(
      "invalid_argument",
      `${what} is not percent-encoded UTF-8: ${JSON.stringify(part.slice(0, 100))}`,
    );
  }
}
