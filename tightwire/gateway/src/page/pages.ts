import { readdirSync } from "node:fs";
import type { OpenApiDocument } from "../openapi/document.js";
import { createFilePage } from "./file-page.js";
import type { Page } from "./page.js";
import { referencePages, rendererFiles } from "./reference.js";
import { createStoredPage } from "./stored-page.js";

/** The same folder from `src` and from `dist`. */
const PACKAGE_FOLDER = new URL("../../", import.meta.url);

/**
 * Makes the pages of a gateway, by path: the console at `/`, the reference at `/reference`, their
 * files under `/page/`, and the document that both show at `/openapi.json`. The first file of
 * `renderers` that exists renders the reference.
 */
export function createPages(
  openApi: () => OpenApiDocument,
  renderers: readonly URL[] = rendererFiles(PACKAGE_FOLDER),
): Map<string, Page> {
  const folder = new URL("page/", PACKAGE_FOLDER);
  const loaded = readdirSync(folder).filter((name) => !name.endsWith(".html"));
  return new Map<string, Page>([
    ["/", createFilePage(new URL("index.html", folder))],
    ...loaded.map((name): [string, Page] => [
      `/page/${name}`,
      createFilePage(new URL(name, folder)),
    ]),
    ...referencePages(folder, renderers),
    ...documentPage(openApi),
  ]);
}

/** The document alone, for gateways without pages. */
export function documentPage(openApi: () => OpenApiDocument): Map<string, Page> {
  return new Map([
    ["/openapi.json", createStoredPage("application/json", () => JSON.stringify(openApi()))],
  ]);
}
