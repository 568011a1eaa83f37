import { describe, expect, test } from "vitest";
import { createFilePage } from "./file-page.js";
import type { Page } from "./page.js";
import { createPages } from "./pages.js";
import { rendererFiles } from "./reference.js";

const DOCUMENT = { openapi: "3.1.1", info: { title: "test" } };
const pages = createPages(() => DOCUMENT);

function textOf(path: string, from: ReadonlyMap<string, Page> = pages): string {
  return String(from.get(path)?.content());
}

const LINKS = /(?:src|href)="([^"#]+)[^"]*"|new URL\("([^"]+)", document\.baseURI/g;
const IMPORTS = /^import .* from "([^"]+)"/gm;

/** The paths that a page loads or links to. */
function referredBy(path: string): string[] {
  const text = textOf(path);
  const links = [...text.matchAll(LINKS)].map(
    ([, link, address]) => new URL((link ?? address) as string, "http://gateway/"),
  );
  const imports = [...text.matchAll(IMPORTS)].map(
    ([, file]) => new URL(file as string, `http://gateway${path}`),
  );
  return [...links, ...imports].map(({ pathname }) => pathname);
}

describe("the pages of a gateway", () => {
  test.each([
    ["/", "text/html; charset=utf-8"],
    ["/reference", "text/html; charset=utf-8"],
    ["/page/console.css", "text/css; charset=utf-8"],
    ["/page/console.js", "text/javascript; charset=utf-8"],
    ["/page/scalar.js", "text/javascript; charset=utf-8"],
    ["/page/icon.svg", "image/svg+xml"],
    ["/openapi.json", "application/json"],
  ])("%s is %s", (path, type) => {
    const page = pages.get(path);
    expect(page?.status ?? 200).toBe(200);
    expect(page?.headers["content-type"]).toBe(type);
    expect(page?.content().length).toBeGreaterThan(0);
  });

  test("contain the document", () => {
    expect(JSON.parse(textOf("/openapi.json"))).toEqual(DOCUMENT);
  });

  test("link to each other, and only to existing pages", () => {
    const own = [...pages.keys()].filter(
      (path) => path !== "/page/scalar.js" && path !== "/openapi.json",
    );
    for (const path of own)
      expect([...pages.keys()], path).toEqual(expect.arrayContaining(referredBy(path)));
    expect(referredBy("/")).toEqual(
      expect.arrayContaining(["/reference", "/openapi.json", "/page/console.js"]),
    );
    expect(referredBy("/reference")).toEqual(
      expect.arrayContaining(["/", "/openapi.json", "/page/reference.js"]),
    );
    expect(referredBy("/page/console.js")).toContain("/page/method-view.js");
  });

  test("have no inline script or handler, and never parse text as HTML", () => {
    for (const path of ["/", "/reference"])
      expect(textOf(path)).not.toMatch(/<script(?![^>]* src=)|\son\w+=/);
    const scripts = [...pages.keys()].filter(
      (path) => path.endsWith(".js") && path !== "/page/scalar.js",
    );
    for (const path of scripts)
      expect(textOf(path), path).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/,
      );
  });

  test("say so when no renderer is installed", () => {
    const without = createPages(() => DOCUMENT, [new URL("file:///there/is/none.js")]);
    expect(without.get("/reference")?.status).toBe(404);
    expect(textOf("/reference", without)).toContain("The reference is not installed");
    expect(without.has("/page/scalar.js")).toBe(false);
    expect(textOf("/", without)).toBe(textOf("/"));
  });

  test("prefer the renderer of the published package to the workspace's", () => {
    expect(
      rendererFiles(new URL("../../", import.meta.url)).map(({ pathname }) => pathname),
    ).toEqual([
      expect.stringMatching(/\/gateway\/vendor\/scalar\.js$/),
      expect.stringMatching(/\/@scalar\/api-reference\/dist\/browser\/standalone\.js$/),
    ]);
  });

  test("are not made of files with an unknown extension", () => {
    expect(() => createFilePage(new URL("file:///page/notes.txt"))).toThrow(
      "no content type is known for the extension of",
    );
  });
});
