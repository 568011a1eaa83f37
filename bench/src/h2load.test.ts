import { expect, test } from "vitest";
import { readWindow } from "./h2load.js";

const output = (good: number): string => `finished in 1.01s, 6400.25 req/s, 1.20MB/s
requests: 4 total, 4 started, 4 done, ${good} succeeded, 0 failed, 0 errored, 0 timeout
status codes: ${good} 2xx, 0 3xx, 0 4xx, 0 5xx
`;
const log =
  "1700000000\t200\t100\n1700000001\t200\t300\n1700000002\t200\t200\n1700000003\t200\t9000\n";

test("reads how many calls a second there were, and how long they took", () => {
  expect(readWindow(output(4), log, 4)).toEqual({ perSecond: 6400.25, p50Us: 200, p99Us: 9000 });
});

test("calls that got no response are no result", () => {
  expect(() => readWindow(output(3), log, 4)).toThrow("3 of 4 calls got a response");
});
