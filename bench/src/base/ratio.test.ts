import { expect, test } from "vitest";
import { createRandom } from "../statistics.js";
import { ratioOfBlocks } from "./ratio.js";

/** Blocks of 20 ratios, each 2 % around its own middle. */
function blocks(middles: readonly number[]): number[][] {
  const random = createRandom(7);
  return middles.map((middle) => Array.from({ length: 20 }, () => middle + (random() - 0.5) / 25));
}

test("the median is that of all rounds, and the spread from the least to the most", () => {
  expect(ratioOfBlocks([[0.9, 1], [1.1]])).toMatchObject({
    median: 1,
    min: 0.9,
    max: 1.1,
    rounds: 3,
  });
});

test("ratios that are all alike leave no interval, and the same ones give the same", () => {
  expect(ratioOfBlocks([[1, 1], [1]])).toMatchObject({ low: 1, high: 1 });
  expect(ratioOfBlocks(blocks([1, 1.01]))).toEqual(ratioOfBlocks(blocks([1, 1.01])));
});

test("processes that differ widen the interval, however many rounds they share", () => {
  const alike = ratioOfBlocks(blocks([1, 1, 1, 1, 1, 1]));
  const differing = ratioOfBlocks(blocks([0.95, 1.05, 0.95, 1.05, 0.95, 1.05]));
  expect(alike.high - alike.low).toBeLessThan(0.015);
  expect(differing.low).toBeLessThan(0.97);
  expect(differing.high).toBeGreaterThan(1.03);
});

test("no rounds are refused", () => {
  expect(() => ratioOfBlocks([])).toThrow(RangeError);
});
