import type { Lender } from "@tightwire/core";

/** Gives back bytes that were copied. The lender may be a user's: what it throws is dropped. */
export function giveBack(lender: Lender | undefined, bytes: Uint8Array): void {
  try {
    lender?.giveBack?.(bytes);
  } catch {
    // The bytes were sent, and are dropped.
  }
}
