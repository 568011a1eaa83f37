import { expect, test } from "vitest";
import { formatFigures } from "./figures-page.js";
import type { CaseResult } from "./result.js";
import { caseResult } from "./result.test-support.js";

const MIB = 1024 * 1024;

function resultOf(attackers: number, heldBytes: number, longestMs: number): CaseResult {
  const neighbour = { calls: 1, failures: 0, longestMs };
  return caseResult({ case: "rapid-reset", attackers, heldBytes, peakBytes: heldBytes, neighbour });
}

test("a line for each number of attackers, a column for each subject, and what is bad is counted", () => {
  const good = resultOf(1, 2 * MIB, 7.4);
  const bad = resultOf(10, 900 * MIB, 60);
  const lines = formatFigures([
    { name: "ours", results: [good, bad] },
    { name: "theirs", results: [good] },
  ]).split("\n");
  expect(lines).toContain("| ours | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 0 | 0 |");
  expect(lines).toContain("| theirs | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |");
  expect(lines).toContain("| rapid-reset | 1 | 2 MiB, 7 ms | 2 MiB, 7 ms |");
  expect(lines).toContain("| rapid-reset | 10 | 900 MiB, 60 ms **MPW** |  |");
});
