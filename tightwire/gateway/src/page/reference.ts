import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createFilePage } from "./file-page.js";
import type { Page } from "./page.js";

/** The possible files of the reference's renderer: in the published package, in the workspace. */
export function rendererFiles(packageFolder: URL): URL[] {
  const files = [new URL("vendor/scalar.js", packageFolder)];
  try {
    const entry = createRequire(new URL("package.json", packageFolder)).resolve(
      "@scalar/api-reference",
    );
    files.push(new URL("browser/standalone.js", pathToFileURL(entry)));
  } catch {
    // not installed
  }
  return files;
}

/**
 * Makes the pages of the reference, rendered by the first of `renderers` that exists. When none
 * exists, a page says so.
 */
export function referencePages(
  folder: URL,
  renderers: readonly URL[],
): [path: string, page: Page][] {
  const renderer = renderers.find((file) => existsSync(file));
  if (renderer === undefined)
    return [["/reference", createFilePage(new URL("reference-missing.html", folder), 404)]];
  return [
    ["/reference", createFilePage(new URL("reference.html", folder))],
    ["/page/scalar.js", createFilePage(renderer)],
  ];
}
