import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { USAGE } from "../options.js";
import { replaceBetweenMarkers } from "../report.js";
import { RUNTIME_NAMES, readRuntimeOptions } from "./options.js";
import { formatRuntimes, mergeRuntimes, RUNTIME_MARKERS, type RuntimeResult } from "./results.js";

const result = (runtime: string, perSecond: number): RuntimeResult => ({
  runtime,
  version: runtime.toUpperCase(),
  rounds: 20,
  perSecond,
  p50Us: 100,
  serverCpuUsPerCall: 1,
  clientCpuUsPerCall: 2,
});

test("every runtime can be named, more than one at once", () => {
  for (const name of RUNTIME_NAMES) expect(USAGE).toContain(name);
  const args = RUNTIME_NAMES.flatMap((name) => ["--runtime", name]);
  expect(readRuntimeOptions([...args, "--rounds", "5"])).toMatchObject({
    runtimes: RUNTIME_NAMES,
    rounds: 5,
    quick: false,
  });
  expect(readRuntimeOptions(["--node", "24"])).toBeUndefined();
});

test.each([
  [["--runtime", "lua"], 'there is no runtime "lua"; there are node20'],
  [["--runtime", "bun", "--node", "24"], "--runtime and --node exclude each other"],
  [["--runtime", "bun", "--case", "list"], "--runtime and --case exclude each other"],
])("%j is refused", (args, text) => {
  expect(() => readRuntimeOptions(args)).toThrow(text);
});

test("a new run replaces what it measured again, and all of another machine", () => {
  const before = { machine: "a", pinned: true, runtimes: [result("bun", 1), result("deno", 2)] };
  const fresh = { machine: "a", pinned: true, runtimes: [result("node24", 4), result("bun", 3)] };
  const merged = mergeRuntimes(before, fresh);
  expect(merged.runtimes.map(({ runtime, perSecond }) => [runtime, perSecond])).toEqual([
    ["node24", 4],
    ["bun", 3],
    ["deno", 2],
  ]);
  expect(mergeRuntimes({ ...before, machine: "b" }, fresh).runtimes).toHaveLength(2);
});

test("the README has a place for the figures", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  const text = formatRuntimes({ machine: "a", pinned: true, runtimes: [result("bun", 51_234.5)] });
  expect(text).toContain("| BUN | 51,235 | 100 | 1.0 | 2.0 |");
  expect(replaceBetweenMarkers(readme, text, "README.md", RUNTIME_MARKERS)).toContain(text);
});
