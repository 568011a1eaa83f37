import { expect, test } from "vitest";
import type { Sample } from "./pair.js";
import { caseResults, ratioResults } from "./result.js";
import type { Round } from "./rounds.js";

function sample(perSecond: number, server: number | undefined, client: number): Sample {
  return {
    perSecond,
    p50Us: 10,
    p99Us: 20,
    serverCpuUsPerCall: server,
    clientCpuUsPerCall: client,
  };
}

function round(base: Sample, ours: Sample): Round {
  return new Map([
    ["base", base],
    ["ours", ours],
  ]);
}

test("ratios are of the windows of one round, and above 1 when ours is better", () => {
  // The machine is twice as fast in the second round: the pairs agree though the medians would not.
  const rounds = [
    round(sample(100, 40, 60), sample(150, 20, 30)),
    round(sample(200, 20, 30), sample(300, 10, 15)),
  ];
  expect(ratioResults("get", "base", "ours", [], rounds)).toEqual([
    {
      case: "get",
      peer: "ours",
      against: "base",
      rounds: 2,
      perSecond: { median: 1.5, low: 1.5, high: 1.5 },
      cpu: { median: 2, low: 2, high: 2 },
      p50: { median: 1, low: 1, high: 1 },
    },
  ]);
});

test("every peer stands beside the base, ours beside every other, and pairs beside each other where both are there", () => {
  const rounds = [
    new Map(["base", "fourth", "ours", "third"].map((peer) => [peer, sample(100, 10, 10)])),
  ];
  const pairs = [
    ["third", "fourth"],
    ["third", "fifth"],
  ] as const;
  expect(
    ratioResults("get", "base", "ours", pairs, rounds).map(({ peer, against }) => [peer, against]),
  ).toEqual([
    ["fourth", "base"],
    ["ours", "base"],
    ["third", "base"],
    ["ours", "fourth"],
    ["ours", "third"],
    ["third", "fourth"],
  ]);
});

test("results are medians, and a server without a process has no time of its own", () => {
  const rounds = [1, 2, 9].map((factor) =>
    round(sample(100 * factor, 40 * factor, 60), sample(150, undefined, 30)),
  );
  const [base, ours] = caseResults("get", "pnpm bench", rounds);
  expect(base).toMatchObject({
    peer: "base",
    rounds: 3,
    perSecond: 200,
    serverCpuUsPerCall: 80,
    clientCpuUsPerCall: 60,
  });
  expect(ours).toMatchObject({ peer: "ours", serverCpuUsPerCall: null, clientCpuUsPerCall: 30 });
  expect(ratioResults("get", "base", "ours", [], rounds)[0]?.cpu.median).toBeCloseTo(140 / 30, 2);
});
