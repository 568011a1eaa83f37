import { MisuseError } from "@tightwire/core";
import { describe } from "./argument.js";

/** The forms of an address to listen at, as messages show them. */
export const ADDRESS_FORMS = '"127.0.0.1:50051", "[::]:50051" or "unix:/path"';

/**
 * Throws a MisuseError when an address is not even a string. Its form is the transport's to check.
 */
export function checkAddress(address: unknown): void {
  if (typeof address !== "string") throw invalidAddress(address);
}

/** The error for an address that no transport can read. */
export function invalidAddress(address: unknown): MisuseError {
  return new MisuseError(
    "TW_INVALID_ADDRESS",
    `address must look like ${ADDRESS_FORMS} (got ${describe(address)})`,
  );
}
