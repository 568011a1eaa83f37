import { HttpError } from "./http-error.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes bytes of a request. Throws a 400 that names `what` when they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new HttpError("invalid_argument", `${what} is not UTF-8`);
  }
}
