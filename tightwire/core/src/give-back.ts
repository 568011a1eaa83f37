import type { Lender } from "./definition.js";

/** Gives back bytes that were read. The lender may be a user's: what it throws is dropped. */
export function giveBack(lender: Lender | undefined, bytes: Uint8Array): void {
  try {
    lender?.giveBack?.(bytes);
  } catch {
    // Nobody reads the bytes any more: they are dropped.
  }
}
