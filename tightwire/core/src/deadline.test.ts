import { describe, expect, test } from "vitest";
import { formatTimeout, hopReserveMs, parseTimeout } from "./deadline.js";

describe("the grpc-timeout header", () => {
  test.each([
    [0.000001, "1n"],
    [1, "1000000n"],
    [99.999999, "99999999n"],
    [100, "100000u"],
    [99_999.999, "99999999u"],
    [100_000, "100000m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [1e11, "1666667M"],
    [1e13, "2777778H"],
    [Number.MAX_VALUE, "99999999H"],
  ])("of %d ms is %s", (ms, header) => expect(formatTimeout(ms)).toBe(header));

  test("is never less than a nanosecond, however late the call is", () => {
    expect(formatTimeout(0)).toBe("1n");
    expect(formatTimeout(-5)).toBe("1n");
  });

  test("never grants less than what is left", () => {
    for (let ms = 1e-6; ms < 1e14; ms *= 1.37) {
      const header = formatTimeout(ms);
      expect(header).toMatch(/^\d{1,8}[numSMH]$/);
      // As many digits as a double holds.
      expect(parseTimeout(header)).toBeGreaterThanOrEqual(ms * (1 - 1e-12));
    }
  });

  test.each([
    ["1n", 1e-6],
    ["5u", 0.005],
    ["20m", 20],
    ["3S", 3_000],
    ["2M", 120_000],
    ["99999999H", 359_999_996_400_000],
    ["0m", 0],
  ])("%s is %d ms", (header, ms) => expect(parseTimeout(header)).toBeCloseTo(ms, 9));

  test.each([
    "",
    "5",
    "S",
    "123456789n",
    "1.5S",
    "-1S",
    "+1S",
    " 1S",
    "1S ",
    "1s",
    "1h",
    "１S",
    "0x1S",
  ])("%j is malformed", (header) => {
    expect(parseTimeout(header)).toBeUndefined();
  });
});

test("a hop keeps 5 % of what is left, 20 ms at most, and nothing of no deadline", () => {
  expect(hopReserveMs(100)).toBe(5);
  expect(hopReserveMs(400)).toBe(20);
  expect(hopReserveMs(60_000)).toBe(20);
  expect(hopReserveMs(Number.POSITIVE_INFINITY)).toBe(0);
});
