import { MisuseError } from "@tightwire/core";
import { describe } from "@tightwire/core/runtime";

/** Throws a MisuseError when an address is not a string. The transport checks its form. */
export function checkAddress(address: unknown): void {
  if (typeof address !== "string") throw invalidAddress(address);
}

/** The error for an address that no transport can read. */
export function invalidAddress(address: unknown): MisuseError {
  return new MisuseError(
    "TW_INVALID_ADDRESS",
    `invalid address ${describe(address)}; allowed: "127.0.0.1:50051", "[::]:50051", "unix:/path"`,
  );
}
