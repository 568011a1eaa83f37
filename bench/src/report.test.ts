import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plot } from "./plot.js";
import { formatResults, replaceBetweenMarkers } from "./report.js";
import { mergeRun, type Results } from "./results-file.js";
import { isMet, targetsOf } from "./targets.js";

const measured = { case: "get", rounds: 30, command: "pnpm bench" };
const estimate = (median: number): { median: number; low: number; high: number } => ({
  median,
  low: median - 0.1,
  high: median + 0.1,
});
const ratio = {
  case: "get",
  rounds: 30,
  peer: "tightwire-wire",
  cpu: estimate(3),
  p50: estimate(0.5),
};

const results: Results = mergeRun(
  undefined,
  { machine: "2 x CPU", node: "v20.20.2", pinned: true },
  {
    cases: [
      {
        ...measured,
        peer: "grpc-js",
        perSecond: 1521.4,
        p50Us: 900,
        p99Us: 1800,
        serverCpuUsPerCall: 250,
        clientCpuUsPerCall: 500,
      },
      {
        ...measured,
        peer: "tightwire-wire",
        perSecond: 30420,
        p50Us: 400,
        p99Us: 900,
        serverCpuUsPerCall: null,
        clientCpuUsPerCall: 250.26,
      },
      {
        ...measured,
        peer: "fastify-http1",
        perSecond: 9000,
        p50Us: 1,
        p99Us: 2,
        serverCpuUsPerCall: 1,
        clientCpuUsPerCall: 1,
      },
      {
        ...measured,
        peer: "fastify-http2",
        perSecond: 12000,
        p50Us: 1,
        p99Us: 2,
        serverCpuUsPerCall: 1,
        clientCpuUsPerCall: 1,
      },
    ],
    ratios: [
      { ...ratio, against: "grpc-js", perSecond: estimate(20) },
      { ...ratio, against: "fastify-http1", perSecond: estimate(5) },
      { ...ratio, against: "fastify-http2", perSecond: estimate(2.5) },
      { ...ratio, case: "server1", against: "grpc-cpp", perSecond: estimate(4) },
      { ...ratio, case: "server8", against: "grpc-cpp", perSecond: estimate(3.2) },
    ],
    serverAlone: [
      {
        case: "server1",
        peer: "grpc-cpp",
        rounds: 9,
        perSecond: 20_000,
        p50Us: 1,
        p99Us: 2,
        serverCpuUsPerCall: 50,
      },
      {
        case: "server8",
        peer: "grpc-cpp",
        rounds: 9,
        perSecond: 25_000,
        p50Us: 1,
        p99Us: 2,
        serverCpuUsPerCall: 40,
      },
      {
        case: "server1",
        peer: "tightwire-wire",
        rounds: 9,
        perSecond: 80_000,
        p50Us: 1,
        p99Us: 2,
        serverCpuUsPerCall: 12,
      },
    ],
  },
);

test("each peer has its row, the fastest first, with what it does beside the base and what Tightwire does beside it", () => {
  const text = formatResults([results]);
  expect(text).toContain("## Node.js v20.20.2");
  expect(text).toContain("2 x CPU; servers pinned to core 0, clients to core 1; `pnpm bench`.");
  const own =
    "| tightwire-wire | 30 | 30,420 | 400 | 900 | in client | 250.3 | 20.00 (19.90 to 20.10) | 1 |";
  const base =
    "| grpc-js | 30 | 1,521 | 900 | 1,800 | 250.0 | 500.0 | 1 | 20.00 (19.90 to 20.10) |";
  expect(text).toContain(own);
  expect(text.indexOf(base)).toBeGreaterThan(text.indexOf(own));
});

test("targets are told beside what was reached: met, missed, or not measured", () => {
  const text = formatResults([results]);
  expect(text).toContain(
    "| calls of 350 bytes, 64 in flight (`get`) | grpc-js | at least 15 | 20.00 (19.90 to 20.10), met |",
  );
  expect(text).toContain("|  | fastify-http2 | at least 4 | 2.50 (2.40 to 2.60), **missed** |");
  expect(text).toContain(
    "| a server alone on a core, under h2load | gRPC C++, its better form | at least 2 | 3.20 (3.10 to 3.30), met |",
  );
  expect(text).toContain("not measured");
  expect(targetsOf(results).map(isMet)).toEqual([
    true,
    false,
    ...new Array(4).fill(undefined),
    true,
    ...new Array(11).fill(undefined),
  ]);
});

test("a run that was not pinned says so", () => {
  expect(formatResults([{ ...results, pinned: false }])).toContain("not pinned");
});

test("the plot has a bar for each peer, as long as its calls a second", () => {
  const widths = [...plot(results).matchAll(/width="(\d+)" height="16"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(4);
  expect((widths[1] as number) / (widths[0] as number)).toBeCloseTo(12_000 / 30_420, 2);
});

test("the page keeps what is around the markers, however often it is written", () => {
  const page = readFileSync(
    join(import.meta.dirname, "../../docs/reference/benchmarks.md"),
    "utf8",
  );
  const once = replaceBetweenMarkers(page, "one", "page");
  const twice = replaceBetweenMarkers(once, "two", "page");
  expect(twice).toContain("two");
  expect(twice).not.toContain("\none\n");
  expect(replaceBetweenMarkers(twice, "one", "page")).toBe(once);
  expect(once.split("<!--")[0]).toBe(page.split("<!--")[0]);
  expect(() => replaceBetweenMarkers("# Nothing", "one", "the page")).toThrow(
    "the page has no place",
  );
});
