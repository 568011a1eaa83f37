import { expect, test } from "vitest";
import type { Ratio } from "./ratio.js";
import { isDecided, moreRounds, passes } from "./verdict.js";

function ratio(low: number, median: number, high: number, rounds = 30): Ratio {
  return { low, median, high, min: low, max: high, rounds };
}

test("a case passes by its median, and a gain fails only a build beside itself", () => {
  expect(passes(ratio(0.9, 0.97, 1), false)).toBe(true);
  expect(passes(ratio(0.9, 0.969, 1), false)).toBe(false);
  expect(passes(ratio(1, 1.2, 1.3), false)).toBe(true);
  expect(passes(ratio(1, 1.031, 1.3), true)).toBe(false);
});

test.each([
  [0.97, 1.1, true, false],
  [0.96, 0.98, false, false],
  [0.9, 0.96, true, true],
  [0.98, 1.02, true, true],
  [1.04, 1.06, true, true],
])("an interval from %d to %d is decided: %s; beside itself: %s", (low, high, other, self) => {
  expect(isDecided(ratio(low, (low + high) / 2, high), false)).toBe(other);
  expect(isDecided(ratio(low, (low + high) / 2, high), true)).toBe(self);
});

test("undecided rounds are doubled up to four times the first", () => {
  const open = (rounds: number): Ratio => ratio(0.95, 1, 1.05, rounds);
  expect([30, 60, 120].map((rounds) => moreRounds(open(rounds), 30, false))).toEqual([30, 60, 0]);
  expect(moreRounds(ratio(0.98, 1, 1.02), 30, false)).toBe(0);
});
