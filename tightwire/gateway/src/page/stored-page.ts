import { createHash } from "node:crypto";
import { PAGE_HEADERS, type Page } from "./page.js";

/**
 * A page that `make` makes at its first request, and that is then kept. Its `etag` is a hash of its
 * content. Throws what `make` throws.
 */
export function createStoredPage(type: string, make: () => string | Buffer, status = 200): Page {
  let stored: { content: string | Buffer; headers: Record<string, string> } | undefined;

  function whole(): { content: string | Buffer; headers: Record<string, string> } {
    if (stored !== undefined) return stored;
    const content = make();
    const etag = `"${createHash("sha256").update(content).digest("base64url")}"`;
    stored = { content, headers: { ...PAGE_HEADERS, "content-type": type, etag } };
    return stored;
  }

  return {
    status,
    get headers() {
      return whole().headers;
    },
    content: () => whole().content,
  };
}
