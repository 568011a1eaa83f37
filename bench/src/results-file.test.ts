import { expect, test } from "vitest";
import type { CaseResult, RatioResult } from "./result.js";
import { type Machine, mergeRun } from "./results-file.js";

const machine: Machine = { machine: "2 x CPU", node: "v20.20.2", pinned: true };

function result(name: string, peer: string, perSecond: number, rounds = 30): CaseResult {
  return {
    case: name,
    peer,
    rounds,
    command: "pnpm bench",
    perSecond,
    p50Us: 1,
    p99Us: 2,
    serverCpuUsPerCall: 3,
    clientCpuUsPerCall: 4,
  };
}

function ratio(name: string, peer: string, median: number): RatioResult {
  const estimate = { median, low: median, high: median };
  return {
    case: name,
    peer,
    against: "base",
    rounds: 30,
    perSecond: estimate,
    cpu: estimate,
    p50: estimate,
  };
}

test("what was measured again is replaced, the rest is kept", () => {
  const first = mergeRun(undefined, machine, {
    cases: [result("get", "base", 1), result("watch", "base", 2, 40)],
    ratios: [ratio("get", "ours", 1)],
    imports: [{ what: "ours", ms: 1, processMs: 2 }],
  });
  const second = mergeRun(first, machine, {
    cases: [result("get", "base", 9, 50)],
    ratios: [ratio("get", "ours", 5)],
  });
  expect(second.cases.map((one) => [one.case, one.perSecond])).toEqual([
    ["get", 9],
    ["watch", 2],
  ]);
  expect(second.rounds).toBe(40);
  expect(second.ratios.map((one) => one.cpu.median)).toEqual([5]);
  expect(second.imports).toEqual(first.imports);
});

test("nothing of another machine, version or pinning stays beside it", () => {
  const first = mergeRun(undefined, machine, { cases: [result("watch", "base", 2)] });
  for (const changed of [{ machine: "8 x CPU" }, { node: "v20.21.0" }, { pinned: false }]) {
    const { cases } = mergeRun(
      first,
      { ...machine, ...changed },
      { cases: [result("get", "base", 1)] },
    );
    expect(cases.map((one) => one.case)).toEqual(["get"]);
  }
});
