import { expect, test } from "vitest";
import { findCase } from "../cases.js";
import type { Sample } from "../pair.js";
import { figureOf, ratioIn } from "./figure.js";

const base: Sample = {
  perSecond: 100,
  p50Us: 20,
  p99Us: 90,
  serverCpuUsPerCall: 6,
  clientCpuUsPerCall: 4,
};

test("every figure is above 1 when this build is better, on either side", () => {
  expect(ratioIn("perSecond", { ...base, perSecond: 200 }, base)).toBe(2);
  expect(ratioIn("p50", { ...base, p50Us: 10 }, base)).toBe(2);
  expect(ratioIn("cpu", { ...base, serverCpuUsPerCall: 1 }, base)).toBe(2);
  expect(ratioIn("cpu", { ...base, clientCpuUsPerCall: 14 }, base)).toBe(0.5);
});

test("a peer without a server of its own has all of its time in the client", () => {
  const alone = { ...base, serverCpuUsPerCall: undefined };
  expect(ratioIn("cpu", { ...alone, clientCpuUsPerCall: 2 }, alone)).toBe(2);
});

test("one call in flight is compared by latency, others by processor time", () => {
  expect(["get1", "get", "list", "watch"].map((name) => figureOf(findCase(name)))).toEqual([
    "p50",
    "cpu",
    "cpu",
    "cpu",
  ]);
});
