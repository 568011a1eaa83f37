import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DEFAULT_BOUNDS, resolveBounds } from "./bounds.js";

const at = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

/** Name and default of each row of the document's table with this heading. */
function documented(heading: string): [string, number][] {
  const [, table = ""] = at("docs/reference/wire-bounds.md").split(`| ${heading} |`);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name = "", value = ""]) => [
    name,
    Number(value),
  ]);
}

describe("docs/reference/wire-bounds.md", () => {
  test("names every bound and its default", () => {
    expect(documented("bound")).toEqual(Object.entries(DEFAULT_BOUNDS));
  });

  test("names the options' defaults as the server has them", () => {
    const source = at("tightwire/wire/src/server/index.ts");
    const options = documented("option");
    expect(options).toHaveLength(6);
    for (const [name, value] of options) {
      const default_ = source.match(new RegExp(`${name} (?:= |\\?\\? )([\\w]+)`))?.[1];
      expect([
        name,
        default_ === "FOREVER" ? Number.POSITIVE_INFINITY : Number(default_?.replaceAll("_", "")),
      ]).toEqual([name, value]);
    }
  });

  test("has a test for each, and every doc comment says the same default", () => {
    const tests = at("e2e/wire-bounds.test.ts");
    const source = at("tightwire/wire/src/session/bounds.ts");
    for (const [name, value] of documented("bound")) {
      expect(tests).toMatch(new RegExp(`test\\(["\`]${name}\\b|"${name}",|and ${name}`));
      const said = source.match(
        new RegExp(`[dD]efault ([\\d,]+)( MiB)?[^*]*\\*/\\s*readonly ${name}\\b`),
      );
      expect([
        name,
        Number(said?.[1]?.replaceAll(",", "")) * (said?.[2] === undefined ? 1 : 1_048_576),
      ]).toEqual([name, value]);
    }
    for (const [name] of documented("option"))
      expect(tests).toMatch(new RegExp(`test\\(["\`][\\w ]*${name}`));
  });
});

describe("resolveBounds", () => {
  test("fills what was not set, and freezes it", () => {
    const bounds = resolveBounds({ maxPingsPerSecond: 3 });
    expect(bounds).toEqual({ ...DEFAULT_BOUNDS, maxPingsPerSecond: 3 });
    expect(Object.isFrozen(bounds)).toBe(true);
  });

  test("names the bound that is unknown, or no number above 0", () => {
    expect(() => resolveBounds({ maxPing: 3 } as object)).toThrow('there is no bound "maxPing"');
    for (const value of [0, -1, Number.NaN, "3"])
      expect(() => resolveBounds({ maxPingsPerSecond: value as number })).toThrow(
        "bounds.maxPingsPerSecond",
      );
  });
});
