import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { defaultTotalBytes } from "./memory-share.js";

test("a quarter of the memory at most, and never less than a connection may hold", () => {
  expect(defaultTotalBytes()).toBeGreaterThanOrEqual(64 * 1024 * 1024);
  expect(defaultTotalBytes()).toBeLessThanOrEqual(Math.max(64 * 1024 * 1024, totalmem() / 4));
});
