import { expect, test } from "vitest";
import { findCase } from "./cases.js";
import { caseResult } from "./result.test-support.js";
import { type Fault, judge, judgeCounts, medianWait } from "./verdict.js";

const MIB = 1024 * 1024;
const HOSTILE = findCase("unread-gzip");
const GOOD = caseResult({
  case: HOSTILE.name,
  heldBytes: 64 * MIB,
  peakBytes: 100 * MIB,
});
const NOTHING = GOOD.neighbour;

function texts(faults: readonly Fault[]): string[] {
  return faults.map(({ text }) => text);
}

test("what is within its limit is good", () => {
  expect(judge(HOSTILE, GOOD)).toEqual([]);
});

test.each([
  ["holds over 118 MiB", { heldBytes: 119 * MIB }],
  ["peak over 246 MiB", { peakBytes: 247 * MIB }],
  ["ended: SIGSEGV", { crash: "SIGSEGV\nand more" }],
  ["holds descriptors", { descriptors: 11 }],
  ["leaves descriptors", { descriptorsLeft: 11 }],
  ["the neighbour's calls fail", { neighbour: { ...NOTHING, failures: 1 } }],
  ["takes the tag 0", { attack: { ...GOOD.attack, faults: ["takes the tag 0"] } }],
] as const)("%s", (bad, change) => {
  expect(texts(judgeCounts(HOSTILE, { ...GOOD, ...change }))).toEqual([bad]);
});

test("a long wait is bad, but no count", () => {
  const slow = { ...GOOD, neighbour: { ...NOTHING, longestMs: 51 } };
  expect(texts(judge(HOSTILE, slow))).toEqual(["wait over 50 ms"]);
  expect(judgeCounts(HOSTILE, slow)).toEqual([]);
});

test("a wait on a machine that is busy with something else is not judged", () => {
  const slow = { ...GOOD, neighbour: { ...NOTHING, longestMs: 51 } };
  expect(judge(HOSTILE, { ...slow, quiet: { ...NOTHING, longestMs: 26 } })).toEqual([]);
});

test("of three results that with the median wait counts", () => {
  const [short, middle, long] = [5, 20, 1_000].map((longestMs) => ({
    ...GOOD,
    neighbour: { ...NOTHING, longestMs },
  })) as [typeof GOOD, typeof GOOD, typeof GOOD];
  expect(medianWait([long, short, middle])).toBe(middle);
});

test("ten attackers may hold ten times as much", () => {
  const much = { ...GOOD, heldBytes: 640 * MIB, peakBytes: 640 * MIB };
  expect(judge(HOSTILE, { ...much, attackers: 10 })).toEqual([]);
  expect(texts(judge(HOSTILE, { ...much, attackers: 8 }))).toEqual(["holds over 611 MiB"]);
});
