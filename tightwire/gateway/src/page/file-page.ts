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
 * A file as a page. Its content type follows from the file's extension. Throws a TypeError for an
 * unknown extension.
 */
export function createFilePage(file: URL, status = 200): Page {
  const type = TYPES[extname(file.pathname)];
  if (type === undefined)
    throw new TypeError(`no content type is known for the extension of ${file.pathname}`);
  return createStoredPage(type, () => readFileSync(file), status);
}
