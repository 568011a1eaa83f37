import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, resolveLimits } from "./limits.js";

const at = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

/** What the documentation says of a default that depends on the machine. */
const COMPUTED: Readonly<Record<string, string>> = { memory: "maxHeldBytesTotal" };

/** Name and default of each row of the document's table with this heading. */
function documented(heading: string): [string, number][] {
  const [, table = ""] = at("docs/reference/wire-limits.md").split(
    new RegExp(`\\| ${heading} +\\|`),
  );
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, name = "", value = ""]) => [
    name,
    COMPUTED[value] === name ? DEFAULT_LIMITS.maxHeldBytesTotal : Number(value),
  ]);
}

describe("docs/reference/wire-limits.md", () => {
  test("names every limit and its default", () => {
    expect(documented("limit")).toEqual(Object.entries(DEFAULT_LIMITS));
  });

  test("names the options' defaults as the server has them", () => {
    const source = ["index.ts", "server-transport.ts"]
      .map((name) => at(`tightwire/wire/src/server/${name}`))
      .join("\n");
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
    const tests = at("e2e/wire-limits.test.ts");
    const source = at("tightwire/wire/src/session/limits.ts");
    expect(documented("limit")).not.toEqual([]);
    for (const [name, value] of documented("limit")) {
      if (Object.values(COMPUTED).includes(name)) continue;
      expect(tests).toMatch(new RegExp(`test\\(["\`]${name}\\b|"${name}",|and ${name}`));
      const said = source.match(
        new RegExp(`[dD]efault[\\s*]+([\\d,]+)( MiB)?(?:(?!\\*/)[^])*\\*/\\s*readonly ${name}\\b`),
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

describe("resolveLimits", () => {
  test("fills what was not set, and freezes it", () => {
    const limits = resolveLimits({ maxPingsPerSecond: 3 });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, maxPingsPerSecond: 3 });
    expect(Object.isFrozen(limits)).toBe(true);
  });

  test("names an unknown limit, and one that is not a positive number", () => {
    expect(() => resolveLimits({ maxPing: 3 } as object)).toThrow('unknown limit "maxPing"');
    for (const value of [0, -1, Number.NaN, "3"])
      expect(() => resolveLimits({ maxPingsPerSecond: value as number })).toThrow(
        "limits.maxPingsPerSecond",
      );
  });
});
