import type { OpenApiDocument } from "../openapi/document.js";
import type { Page } from "./page.js";

/** The pages of a gateway, by their path. */
export function createPages(openApi: () => OpenApiDocument): Map<string, Page> {
  const pages = new Map<string, Page>();
  let text: string | undefined;
  pages.set("/openapi.json", {
    headers: { "content-type": "application/json", "cache-control": "no-cache" },
    content: () => {
      text ??= JSON.stringify(openApi());
      return text;
    },
  });
  return pages;
}
