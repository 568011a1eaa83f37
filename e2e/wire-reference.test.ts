import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");
/** Where docs/reference/http2.md says that its tests are. */
const TEST_FILES = ["e2e/wire-checklist-", "tightwire/wire/src/"];
/** The full titles of its tests, by number. */
const LIST = join(repository, "docs/reference/http2-tests.txt");

interface NumberedTest {
  readonly number: number;
  readonly file: string;
  readonly title: string;
}

/**
 * The tests whose titles begin with a number, as vitest finds them. It leaves out those that are
 * skipped or have no body; one that asserts nothing fails (`requireAssertions`).
 */
async function findNumberedTests(): Promise<NumberedTest[]> {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-tests-"));
  try {
    const file = join(folder, "list.json");
    const args = ["list", `--json=${file}`, "--project", "once", ...TEST_FILES];
    await promisify(execFile)(join(repository, "node_modules/.bin/vitest"), args, {
      cwd: repository,
    });
    const listed = JSON.parse(readFileSync(file, "utf8")) as { name: string; file: string }[];
    return listed.flatMap(({ name, file: path }) => {
      const title = name.split(" > ").at(-1) ?? "";
      const number = /^(\d+)\. /.exec(title)?.[1];
      return number === undefined
        ? []
        : [{ number: Number(number), file: relative(repository, path), title }];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let tests: readonly NumberedTest[] = [];
beforeAll(async () => {
  tests = await findNumberedTests();
});

const page = readFileSync(join(repository, "docs/reference/http2.md"), "utf8");
/** The column "tests" of every table. */
const cells = page
  .split("\n")
  .filter((line) => /^\| (?!section|what must hold|---)/.test(line))
  .map((line) => line.split("|").at(-2)?.trim() ?? "");
const documented = new Set(cells.flatMap((cell) => cell.match(/\b\d+\b/g) ?? []).map(Number));

test("every rule in docs/reference/http2.md names its tests, and there are tests of each number", () => {
  expect(cells.length).toBeGreaterThan(50);
  expect(cells.filter((cell) => cell === "")).toEqual([]);
  const there = new Set(tests.map(({ number }) => number));
  expect([...documented].filter((number) => !there.has(number))).toEqual([]);
});

test("every number that a test has is in docs/reference/http2.md", () => {
  expect(tests.filter(({ number }) => !documented.has(number))).toEqual([]);
});

test("the numbered tests are those in docs/reference/http2-tests.txt, by full title, none skipped", async () => {
  const lines = tests
    .toSorted((one, two) => one.number - two.number || (one.file < two.file ? -1 : 1))
    .map(({ number, file, title }) => `${number}\t${file}\t${title}`);
  // A test that was added or renamed on purpose: `npx vitest run e2e/wire-reference -u`.
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(LIST);
});
