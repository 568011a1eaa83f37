import { expect, test } from "vitest";
import type { Comparison } from "./compare.js";
import { planComparison } from "./plan.js";
import type { Ratio } from "./ratio.js";
import { allPass, type Context, comparisonJson, formatComparison } from "./report.js";

const context: Context = {
  machine: "2 cores",
  node: "v24.1.0",
  pinned: true,
  base: { folder: "/base", childMain: "/base/child-main.js", commit: "abc" },
  commit: "def",
  self: false,
  command: "pnpm bench --base /base",
};

function comparison(name: string, median: number): Comparison {
  const [target] = planComparison(["tightwire-wire"], [name]);
  const ratio = (middle: number): Ratio => ({
    ...{ median: middle, low: middle - 0.01, high: middle + 0.01 },
    ...{ min: 0.8, max: 1.2, rounds: 30 },
  });
  const ratios = { cpu: ratio(median), p50: ratio(2), perSecond: ratio(3) };
  return { target: target as Comparison["target"], figure: "cpu", ratios, error: undefined };
}

const failed: Comparison = {
  ...comparison("watch", 1),
  ratios: undefined,
  error: new Error("the server of tightwire-wire (base build) ended (1)"),
};

test("a case has a line with its figure, median, interval, spread and result", () => {
  const text = formatComparison(
    [comparison("get", 1), comparison("list", 0.975), comparison("chat", 0.9), failed],
    context,
  );
  const line = "tightwire-wire | v24.1.0 | CPU per call";
  expect(text.split("\n").slice(2)).toEqual([
    `| get | ${line} | 30 | 1.000 | 0.990 to 1.010 | 0.80 to 1.20 | 3.00 | pass |`,
    `| list | ${line} | 30 | 0.975 | 0.965 to 0.985 | 0.80 to 1.20 | 3.00 | pass, wide interval |`,
    `| chat | ${line} | 30 | 0.900 | 0.890 to 0.910 | 0.80 to 1.20 | 3.00 | FAIL |`,
    `| watch | ${line} | 0 |  |  |  |  | FAIL: not measured |`,
    "",
    "watch of tightwire-wire: the server of tightwire-wire (base build) ended (1)",
  ]);
});

test("one case that loses or fails, fails all", () => {
  expect(allPass([comparison("get", 1), comparison("list", 0.97)], false)).toBe(true);
  expect(allPass([comparison("get", 1), comparison("list", 0.96)], false)).toBe(false);
  expect(allPass([comparison("get", 1), failed], false)).toBe(false);
  expect(allPass([comparison("get", 1.04)], true)).toBe(false);
});

test("as JSON it has every figure, and both commits", () => {
  const json: unknown = JSON.parse(comparisonJson([comparison("get", 0.9), failed], context));
  expect(json).toMatchObject({
    ...{ node: "v24.1.0", commit: "def", base: { folder: "/base", commit: "abc" }, passed: false },
    results: [
      { case: "get", figure: "cpu", passed: false, decided: true, perSecond: { median: 3 } },
      { case: "watch", passed: false, error: expect.stringContaining("base build") },
    ],
  });
});
