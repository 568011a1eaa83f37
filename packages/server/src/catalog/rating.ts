import { MpaaRating } from "@shop/contracts/catalog";

const KNOWN: ReadonlySet<number> = new Set(
  Object.values(MpaaRating).filter((value) => value !== MpaaRating.UNRECOGNIZED),
);

/** Whether a received number is a rating that this version of the contract knows. */
export function isRating(value: number): boolean {
  return KNOWN.has(value);
}
