import type {
  ImportProductsRequest,
  ImportProductsResponse,
  ImportProductsResponse_Rejection,
} from "@shop/contracts/catalog";
import { createViolations } from "../requests/violations.js";
import { checkDraft } from "./draft.js";
import type { CheckedDraft, ProductStore } from "./product-store.js";

/** How many drafts go to the database at once. */
const BATCH = 200;
const MAX_REJECTIONS = 100;

interface Checked {
  readonly row: number;
  readonly draft: CheckedDraft;
}

/** Handles ImportProducts: checks each draft, stores drafts in batches, and counts the results. */
export async function importProducts(
  store: ProductStore,
  requests: AsyncIterable<ImportProductsRequest>,
): Promise<ImportProductsResponse> {
  const books = {
    received: 0,
    created: 0,
    unchanged: 0,
    rejected: 0,
    rejections: [] as ImportProductsResponse_Rejection[],
  };
  const reject = (row: number, field: string, reason: string) => {
    books.rejected++;
    if (books.rejections.length < MAX_REJECTIONS) books.rejections.push({ row, field, reason });
  };
  const storeBatch = async (batch: readonly Checked[]) => {
    const outcomes = await store.importProducts(batch.map(({ draft }) => draft));
    for (const [index, { row, draft }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === "created") books.created++;
      else if (outcome === "unchanged") books.unchanged++;
      else reject(row, "product.id", `"${draft.id}" exists already with other content`);
    }
  };

  let batch: Checked[] = [];
  for await (const request of requests) {
    books.received++;
    const violations = createViolations();
    const draft = checkDraft(violations, request);
    const [fault] = violations.found;
    if (fault !== undefined) reject(request.row, ...fault);
    else if (draft !== undefined) batch.push({ row: request.row, draft });
    if (batch.length === BATCH) {
      await storeBatch(batch);
      batch = [];
    }
  }
  await storeBatch(batch);
  books.rejections.sort((a, b) => a.row - b.row);
  return books;
}
