import { MpaaRating } from "@shop/contracts/catalog";
import type { CheckedDraft } from "./product-store.js";

/** A draft for tests: a film of which only title, and what `film` says, is known. */
export function testDraft(
  id: string,
  stock = 5,
  film: Partial<CheckedDraft["film"]> = {},
): CheckedDraft {
  return {
    id,
    priceCents: 999n,
    initialStock: stock,
    film: {
      title: `Film ${id}`,
      releaseDate: undefined,
      genre: "",
      mpaaRating: MpaaRating.MPAA_RATING_UNSPECIFIED,
      distributor: "",
      director: "",
      ...film,
    },
  };
}
