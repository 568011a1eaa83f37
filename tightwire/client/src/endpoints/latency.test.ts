import { expect, test } from "vitest";
import { Latency } from "./latency.js";

test("nothing is known before the first", () => {
  expect(new Latency().at(0)).toBeUndefined();
});

test("follows what is measured, as fast at few calls as at many", () => {
  for (const everyMs of [1, 10, 100, 1_000]) {
    const latency = new Latency();
    let now = 0;
    for (; now < 30_000; now += everyMs) latency.add(10, now);
    for (const until = now + 3_000; now < until; now += everyMs) latency.add(20, now);
    // After one half-life, between the two.
    expect(latency.at(now - everyMs)).toBeGreaterThan(13);
    expect(latency.at(now - everyMs)).toBeLessThan(17);
  }
});

test("halves every three seconds without news, and is then what comes", () => {
  const latency = new Latency();
  latency.add(8_000, 0);
  expect(latency.at(3_000)).toBeCloseTo(4_000);
  expect(latency.at(30_000)).toBeLessThan(8);
});

test("a clock that has not moved is no zero", () => {
  const latency = new Latency();
  latency.add(0, 0);
  expect(latency.at(0)).toBeGreaterThan(0);
});
