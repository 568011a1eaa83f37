import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { Page } from "./page.js";
import { createStoredPage } from "./stored-page.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * A file as a page, with the content type that its name's ending tells. Throws a TypeError for an
 * ending that none is known for.
 */
export function createFilePage(file: URL, status = 200): Page {
  const type = TYPES[extname(file.pathname)];
  if (type === undefined)
    throw new TypeError(`${file.pathname} has an ending that no content type is known for`);
  return createStoredPage(type, () => readFileSync(file), status);
}
