import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@tightwire/wire/internals/session/limits.js";
import { expect, test } from "vitest";
import { CASES } from "./cases.js";

const ROOT = join(import.meta.dirname, "../..");
const LONGEST_SECONDS = 10;
/** Points of the list that are not about what a client may do to a server. */
const OTHER_POINTS = [2];
/** Limits of the transport that are no field of `limits`. */
const OTHER_LIMITS = ["maxMessageBytes", "handshakeTimeoutMs"];

test("each case has a name of its own, and an end", () => {
  const names = CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, seconds = 1 } of CASES) {
    expect(name).toMatch(/^[a-z][a-z0-9-]+$/);
    expect(seconds, name).toBeLessThanOrEqual(LONGEST_SECONDS);
  }
});

test("each case names a limit that there is, or says why it needs none", () => {
  const limits = [...Object.keys(DEFAULT_LIMITS), ...OTHER_LIMITS];
  for (const { name, limit } of CASES)
    if (!limit.startsWith("none: ")) expect(limits, name).toContain(limit);
});

test("each point at which a client can be hostile has a case", () => {
  const points = new Set([...CASES.flatMap((one) => one.points), ...OTHER_POINTS]);
  const missing = Array.from({ length: 35 }, (_, at) => at + 1).filter((one) => !points.has(one));
  expect(missing).toEqual([]);
});

test("the documentation lists every case, and what it does", () => {
  const page = readFileSync(join(ROOT, "docs/reference/hostile.md"), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const [, name, does] = /^\| `([a-z0-9-]+)` +\| (.*?) +\|/.exec(line) ?? [];
    return name === undefined ? [] : [[name, does]];
  });
  expect(rows).toEqual(CASES.map(({ name, does }) => [name, does]));
});
