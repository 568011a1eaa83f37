import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");

/** The numbers that names of tests begin with, in files of the wire. */
function numbersOfTests(): Set<string> {
  const files = [
    ...readdirSync(join(repository, "e2e"))
      .filter((name) => /^wire-.*\.test\.ts$/.test(name))
      .map((name) => join("e2e", name)),
    ...(readdirSync(join(repository, "tightwire/wire/src"), { recursive: true }) as string[])
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join("tightwire/wire/src", name)),
  ];
  const titles = files.flatMap((file) => [
    ...readFileSync(join(repository, file), "utf8").matchAll(/["'`](\d+)(?:\.| to (\d+)\.) /g),
  ]);
  return new Set(titles.flatMap(([, from = "", to = from]) => range(Number(from), Number(to))));
}

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

test("every rule in docs/reference/http2.md has a test of the number that it names", () => {
  const page = readFileSync(join(repository, "docs/reference/http2.md"), "utf8");
  const cells = page
    .split("\n")
    .filter(
      (line) =>
        line.startsWith("| ") &&
        !line.startsWith("| section") &&
        !line.startsWith("| what must hold") &&
        !line.startsWith("| ---"),
    )
    .map((line) => line.split("|").at(-2) ?? "");
  expect(cells.length).toBeGreaterThan(50);
  const named = new Set(cells.flatMap((cell) => cell.match(/\b\d+\b/g) ?? []));
  const there = numbersOfTests();
  expect([...named].filter((number) => !there.has(number))).toEqual([]);
  expect(cells.filter((cell) => cell.trim() === "")).toEqual([]);
});
