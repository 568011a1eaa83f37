import { describe, expect, test } from "vitest";
import { createRandom, estimateMedian, median, percentile } from "./statistics.js";

describe("median", () => {
  test("is the middle value, whatever the order, compared as numbers", () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  test("is between the two middle values of an even count", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test("leaves its argument as it was, and refuses none", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
    expect(() => median([])).toThrow(RangeError);
  });
});

test("percentile is the nearest rank", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile([7], 0)).toBe(7);
});

describe("createRandom", () => {
  test("gives the same numbers for a seed, others for another", () => {
    const numbers = (seed: number) => Array.from({ length: 5 }, createRandom(seed));
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
  });

  test("stays in its range and is even enough", () => {
    const random = createRandom(1);
    const numbers = Array.from({ length: 20_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((sum, one) => sum + one, 0) / numbers.length).toBeCloseTo(0.5, 1);
  });
});

describe("estimateMedian", () => {
  test("is a point for values that are all alike", () => {
    expect(estimateMedian([2, 2, 2, 2], createRandom(1))).toEqual({ median: 2, low: 2, high: 2 });
  });

  test("lies around the median and repeats itself for a seed", () => {
    const values = Array.from({ length: 31 }, (_, index) => 1 + index / 100);
    const estimate = estimateMedian(values, createRandom(5));
    expect(estimate).toEqual(estimateMedian(values, createRandom(5)));
    expect(estimate.median).toBeCloseTo(1.15);
    expect(estimate.low).toBeGreaterThan(1.05);
    expect(estimate.low).toBeLessThan(1.15);
    expect(estimate.high).toBeGreaterThan(1.15);
    expect(estimate.high).toBeLessThan(1.25);
  });

  test("covers the true median about 95 times in 100", () => {
    const random = createRandom(11);
    const trials = 100;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { low, high } = estimateMedian(Array.from({ length: 30 }, random), random);
      if (low <= 0.5 && high >= 0.5) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.88);
    expect(covered / trials).toBeLessThan(0.99);
  });
});
