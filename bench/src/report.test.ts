import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatResults, replaceBetweenMarkers } from "./report.js";
import type { Run } from "./results-file.js";

const measured = { case: "get", rounds: 30, command: "pnpm bench" };

const run: Run = {
  machine: "2 x CPU",
  node: "v20.20.2",
  pinned: true,
  rounds: 30,
  cases: [
    { ...measured, peer: "grpc-js", perSecond: 1521.4, p50Us: 900, p99Us: 1800, serverCpuUsPerCall: 250, clientCpuUsPerCall: 500 },
    { ...measured, peer: "ours", perSecond: 3042, p50Us: 400, p99Us: 900, serverCpuUsPerCall: null, clientCpuUsPerCall: 250.26 },
  ],
  ratios: [
    {
      case: "get",
      peer: "ours",
      against: "grpc-js",
      rounds: 30,
      perSecond: { median: 2, low: 1.9, high: 2.1 },
      cpu: { median: 3, low: 2.5, high: 3.456 },
    },
  ],
};

test("each peer has its row, with its ratios", () => {
  const text = formatResults({ runs: [run] });
  expect(text).toContain("### Node.js v20.20.2");
  expect(text).toContain("2 x CPU; servers pinned to core 0, clients to core 1; `pnpm bench`.");
  expect(text).toContain("| get | grpc-js | 30 | 1,521 | 900 | 1,800 | 250.0 | 500.0 | 1 | 1 |");
  expect(text).toContain("| get | ours | 30 | 3,042 | 400 | 900 | in client | 250.3 | 2.00 (1.90 to 2.10) | 3.00 (2.50 to 3.46) |");
});

test("a run that was not pinned says so", () => {
  expect(formatResults({ runs: [{ ...run, pinned: false }] })).toContain("not pinned");
});

test("the page keeps what is around the markers, however often it is written", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/benchmarks.md"), "utf8");
  const once = replaceBetweenMarkers(page, "one", "page");
  const twice = replaceBetweenMarkers(once, "two", "page");
  expect(twice).toContain("two");
  expect(twice).not.toContain("\none\n");
  expect(replaceBetweenMarkers(twice, "one", "page")).toBe(once);
  expect(once.split("<!--")[0]).toBe(page.split("<!--")[0]);
  expect(() => replaceBetweenMarkers("# Nothing", "one", "the page")).toThrow("the page has no place");
});
