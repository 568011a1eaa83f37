import { expect, test } from "vitest";
import type { CaseResult, RatioResult } from "./result.js";
import { type Machine, mergeRun } from "./results-file.js";

const node20: Machine = { machine: "2 x CPU", node: "v20.20.2", pinned: true };
const node24: Machine = { ...node20, node: "v24.21.0" };

function result(name: string, peer: string, perSecond: number, rounds = 30): CaseResult {
  return { case: name, peer, rounds, command: "pnpm bench", perSecond, p50Us: 1, p99Us: 2, serverCpuUsPerCall: 3, clientCpuUsPerCall: 4 };
}

function ratio(name: string, peer: string, median: number): RatioResult {
  const estimate = { median, low: median, high: median };
  return { case: name, peer, against: "base", rounds: 30, perSecond: estimate, cpu: estimate };
}

test("versions of Node.js are kept side by side", () => {
  const first = mergeRun({ runs: [] }, node24, [result("get", "base", 2)], []);
  const both = mergeRun(first, node20, [result("get", "base", 1)], []);
  expect(both.runs.map((run) => [run.node, run.cases[0]?.perSecond])).toEqual([
    ["v20.20.2", 1],
    ["v24.21.0", 2],
  ]);
});

test("what was measured again is replaced, the rest is kept", () => {
  const first = mergeRun({ runs: [] }, node20, [result("get", "base", 1), result("watch", "base", 2, 40)], [ratio("get", "ours", 1)]);
  const { runs } = mergeRun(first, node20, [result("get", "base", 9, 50)], [ratio("get", "ours", 5)]);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.cases.map((one) => [one.case, one.perSecond])).toEqual([
    ["get", 9],
    ["watch", 2],
  ]);
  expect(runs[0]?.rounds).toBe(40);
  expect(runs[0]?.ratios.map((one) => one.cpu.median)).toEqual([5]);
});

test("nothing of another machine, version or pinning stays beside it", () => {
  const first = mergeRun({ runs: [] }, node20, [result("watch", "base", 2)], []);
  for (const changed of [{ machine: "8 x CPU" }, { node: "v20.21.0" }, { pinned: false }]) {
    const { runs } = mergeRun(first, { ...node20, ...changed }, [result("get", "base", 1)], []);
    expect(runs.map((run) => run.cases.map((one) => one.case))).toEqual([["get"]]);
  }
});
